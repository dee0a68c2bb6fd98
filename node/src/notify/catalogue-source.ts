import type { OpenCatalogue } from '../catalogue/open.ts'
import type { LiveSource } from './live-event.ts'

/** That something in the catalogue has changed. What it was is read by those who may. */
export function catalogueSource(catalogue: Pick<OpenCatalogue, 'onChange'>): LiveSource {
  return {
    topic: 'catalogue',
    start: ({ latest }) =>
      catalogue.onChange(() =>
        latest('', () => ({ topic: 'catalogue', name: 'catalogue', about: {}, data: () => ({}) })),
      ),
  }
}
