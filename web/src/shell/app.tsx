import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ComponentType, lazy, Suspense } from 'react'
import { Route, Switch } from 'wouter'
import { ApiError } from '../api/client.ts'
import { loadPageTexts } from '../i18n/language.ts'
import { LiveRoot } from '../live/live-root.tsx'
import { OverviewPage } from '../overview/overview-page.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { Layout } from './layout.tsx'
import { NotFound } from './not-found.tsx'
import { PageLoading } from './states.tsx'
import { isWall } from './wall.ts'

/** A page that loads when it is first opened, its texts with it. */
function page(load: () => Promise<{ default: ComponentType }>) {
  return lazy(async () => {
    const [module] = await Promise.all([load(), loadPageTexts()])
    return module
  })
}

const MapPage = page(() => import('../map/map-page.tsx'))
const SeriesPage = page(() => import('../series/series-page.tsx'))
const ImportPage = page(() => import('../intake/import-page.tsx'))
const CataloguePage = page(() => import('../catalogue/catalogue-page.tsx'))
const DatasetPage = page(() => import('../catalogue/dataset-page.tsx'))
const LedgerPage = page(() => import('../ledger/ledger-page.tsx'))
const PolicyLabPage = page(() => import('../policies/policy-lab-page.tsx'))
const AdminPage = page(() => import('../admin/admin-page.tsx'))
const WallPage = page(() => import('../wall/wall-page.tsx'))
const AccountPage = page(() => import('../identity/account-page.tsx'))
const SignInPage = page(() => import('../identity/sign-in-page.tsx'))

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // An answer of the node is final; only a lost connection is worth another try.
      retry: (count, error) => count < 2 && error instanceof ApiError && [0, 503].includes(error.status),
    },
  },
})

/** The pages and what surrounds them. */
export function App() {
  return (
    <QueryClientProvider client={queries}>
      <LiveRoot />
      <Layout>
        <ErrorBoundary>
          <Suspense fallback={<PageLoading />}>
            <Switch>
              <Route path="/" component={isWall() ? WallPage : OverviewPage} />
              <Route path="/map" component={MapPage} />
              <Route path="/series" component={SeriesPage} />
              <Route path="/import" component={ImportPage} />
              <Route path="/import/:id" component={ImportPage} />
              <Route path="/catalogue" component={CataloguePage} />
              <Route path="/catalogue/:code" component={DatasetPage} />
              <Route path="/catalogue/:code/:section" component={DatasetPage} />
              <Route path="/ledger" component={LedgerPage} />
              <Route path="/policy-lab" component={PolicyLabPage} />
              <Route path="/admin" component={AdminPage} />
              <Route path="/admin/:section" component={AdminPage} />
              <Route path="/account" component={AccountPage} />
              <Route path="/sign-in" component={SignInPage} />
              <Route component={NotFound} />
            </Switch>
          </Suspense>
        </ErrorBoundary>
      </Layout>
    </QueryClientProvider>
  )
}
