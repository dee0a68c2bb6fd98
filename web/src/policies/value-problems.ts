import type { Problem } from '@nhip/canonical/problem'
import { datedLists } from './parameter-text.ts'

/**
 * Values of a parameter with a unit of measure that are no numbers: what people type first is "18 triệu" or "18.000.000". The loader takes
 * such a text for the parameter's value, and every formula that reads it then gives null.
 */
export function valueProblems(file: string, text: string, uom: string | null): Problem[] {
  if (uom === null) return []
  return (datedLists(text) ?? []).flatMap(({ rows }) =>
    rows.flatMap(({ cells: { value } }): Problem[] => {
      if (!value || value.computed || /^([-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|null|~)$/i.test(value.text))
        return []
      const before = text.slice(0, value.start)
      const digits = value.text.replaceAll('.', '')
      const grouped = /^\d{1,3}(\.\d{3})+$/.test(value.text)
      return [
        {
          severity: 'error',
          code: 'value.type',
          file,
          line: before.split('\n').length,
          column: value.start - before.lastIndexOf('\n'),
          value: value.text,
          message: {
            vi: `"${value.text}" không phải là một số, mà tham số có đơn vị ${uom}`,
            en: `"${value.text}" is not a number, and the parameter has the unit ${uom}`,
          },
          hint: grouped
            ? { vi: `viết liền: ${digits}`, en: `without dots: ${digits}` }
            : { vi: 'chỉ viết chữ số, ví dụ 18000000', en: 'write digits only, such as 18000000' },
        },
      ]
    }),
  )
}
