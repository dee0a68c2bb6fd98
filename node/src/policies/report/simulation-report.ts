import type { ReportDocument, Section } from './document.ts'
import { budgetSection, inequalitySection, moversSection, spreadSection } from './effects.ts'
import { datesSection, flawsSection, ratesSection, sensitivitySection } from './flaws.ts'
import { assumptionsSection, certificateSection, lawSection, summarySection } from './grounds.ts'
import { readResult } from './stored-result.ts'
import { wordsOf } from './words.ts'

/**
 * The report of a finished simulation, from the bytes that were certified: effects first, then flaws, then what all of it rests on.
 * @param provinceOf what a province's code means on the population's reference date
 */
export function simulationReport(
  stored: string,
  lang: 'vi' | 'en',
  provinceOf: (code: string, day: string) => string,
): ReportDocument {
  const result = readResult(stored)
  const day = result.population.reference_date
  const words = wordsOf(result, lang, (code) => provinceOf(code, day))
  const { t } = words
  const both = result.certificate.inputs.reform !== null
  const sections: (Section | undefined)[] = [
    summarySection(result, words),
    budgetSection(result, words),
    both ? moversSection(result, words) : undefined,
    inequalitySection(result, words),
    ratesSection(result, words),
    flawsSection(result, words),
    sensitivitySection(result, words),
    datesSection(result, words),
    spreadSection(result, words),
    lawSection(result, words),
    assumptionsSection(result, words),
    certificateSection(result, words),
  ]
  return {
    lang,
    title: t('Báo cáo mô phỏng chính sách', 'Report of a policy simulation'),
    subtitle: `${result.bundle.title[lang]} · ${result.period}`,
    label: result.synthetic
      ? t(
          'MÔ PHỎNG TRÊN DÂN SỐ TỔNG HỢP: không phải số liệu thống kê',
          'SIMULATED ON A SYNTHETIC POPULATION: no statistics',
        )
      : t('MÔ PHỎNG: không phải số liệu thống kê', 'SIMULATED: no statistics'),
    certificate: result.certificate.sha256,
    made: result.certificate.times.started,
    sections: sections.filter((section) => section !== undefined),
  }
}
