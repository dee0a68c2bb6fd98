import '@fontsource/be-vietnam-pro/400.css'
import '@fontsource/be-vietnam-pro/500.css'
import '@fontsource/be-vietnam-pro/600.css'
import '@fontsource/be-vietnam-pro/700.css'
import './shell/tokens.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startLanguage } from './i18n/language.ts'
import { App } from './shell/app.tsx'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
// The language is settled before the first paint: a page that flashes in the wrong language reads as broken.
await startLanguage()
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
