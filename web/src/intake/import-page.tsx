import { useParams } from 'wouter'
import { MantineScope } from '../shell/mantine-scope.tsx'
import { ImportFile } from './import-file.tsx'
import { ImportSteps } from './import-steps.tsx'

/** A file becomes observations: choose it, say how to read it, look, take it in. Each import has its own address. */
export default function ImportPage() {
  const { id } = useParams()
  return <MantineScope>{id ? <ImportSteps id={id} /> : <ImportFile />}</MantineScope>
}
