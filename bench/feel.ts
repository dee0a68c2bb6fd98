import { BUILT_IN_NAMES } from '@nhip/feel/builtins'
import { compile, type Program } from '@nhip/feel/compile'
import { parse } from '@nhip/feel/parse'
import { Runtime } from '@nhip/feel/runtime'
import { type FeelValue, fromData, toText } from '@nhip/feel/values'
import { evaluate as feelin } from 'feelin'
import type { Bench, Measure } from './contract.ts'

/** Inputs as an office has them; amounts are invented. */
const INPUTS = {
  salary: 23_500_000,
  allowance: 15_500_000,
  dependants: 2,
  rate: 0.105,
  age: 37,
  name: 'Nguyễn Văn An',
  urban: true,
  scores: [7.5, 8, 9.25, 6, 10],
  household: {
    size: 4,
    income: 18_200_000,
    members: [{ age: 37 }, { age: 35 }, { age: 8 }, { age: 3 }],
  },
}

const EXPRESSIONS = [
  'salary - allowance',
  'salary * rate',
  'salary * 0.08 + salary * 0.015 + salary * 0.01',
  'max(salary - allowance - dependants * 6200000, 0)',
  'min(salary, 46800000) * rate',
  '(salary - allowance) / 12',
  'salary ** 2',
  'modulo(salary, 1000000)',
  'round half up(salary * rate, 0)',
  'decimal(salary / 3, 2)',
  'floor(salary / 1000000)',
  'abs(allowance - salary)',
  'sqrt(age)',
  '-dependants + 10',
  'salary > allowance',
  'salary >= 10000000 and salary < 30000000',
  'urban or age > 60',
  'not(urban)',
  'age between 18 and 60',
  'age in [18..60)',
  'age in (18, 37, [60..70])',
  'name = "Nguyễn Văn An"',
  'if age < 18 then "child" else if age < 60 then "adult" else "elder"',
  'if salary > 20000000 then salary * 0.1 else 0',
  'household.income / household.size',
  'household.income <= 4 * 2200000',
  'count(household.members)',
  'household.members[age < 18]',
  'count(household.members[age < 6])',
  'sum(household.members.age)',
  'sum(scores) / count(scores)',
  'mean(scores)',
  'scores[1]',
  'scores[-1]',
  'scores[item >= 8]',
  'for s in scores return s * 2',
  'some s in scores satisfies s < 6.5',
  'every m in household.members satisfies m.age >= 0',
  'list contains(scores, 9.25)',
  'string length(name)',
  'substring(name, 1, 6)',
  'upper case(name)',
  'contains(name, "Văn")',
  'starts with(name, "Ng")',
  '"Ông/Bà " + name',
  'string(salary)',
  '{tax: salary * 0.05, net: salary - tax}.net',
  'date("2026-07-01").year',
  'date("2026-07-01") + duration("P30D") > date("2026-07-15")',
  'date("2026-12-31") - date("2026-07-01")',
]

const scope = { names: Object.keys(INPUTS), functions: BUILT_IN_NAMES }
const values = Object.fromEntries(Object.entries(INPUTS).map(([name, value]) => [name, fromData(value)]))

function compiled(text: string): Program {
  const { ast, problems } = parse(text, scope)
  if (problems.length > 0) throw new Error(`${text}: ${problems[0]?.message.en}`)
  return compile(ast)
}

/** Calls per second of work that handles every expression once, over at least so many seconds. */
function perSecond(seconds: number, everyExpression: () => void): number {
  everyExpression()
  let rounds = 0
  const start = process.hrtime.bigint()
  const end = start + BigInt(Math.round(seconds * 1e9))
  let now = start
  while (now < end) {
    for (let i = 0; i < 5; i++) everyExpression()
    rounds += 5
    now = process.hrtime.bigint()
  }
  return (rounds * EXPRESSIONS.length) / (Number(now - start) / 1e9)
}

const measure = (name: string, value: number, floor?: number): Measure => ({
  name,
  value,
  uom: 'evaluations/s',
  better: 'more',
  ...(floor === undefined ? {} : { floor }),
})

/** Results as plain text; feelin computes in doubles, so numbers are compared to ten digits. */
function comparable(value: unknown): string {
  const text = toText(fromData(toPlain(value)) as FeelValue)
  return text.replace(/-?\d+\.\d+/g, (digits) => String(Number(Number(digits).toPrecision(10))))
}

function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPlain)
  if (value !== null && typeof value === 'object' && 'toISO' in value) {
    return (value as { toISO(): string }).toISO()
  }
  return value
}

const SECONDS = 2

const bench: Bench = {
  name: 'feel',
  about: `${EXPRESSIONS.length} FEEL expressions on one set of inputs, one thread`,
  peers: [
    {
      who: 'feelin',
      version: '8.2.0',
      async run(context) {
        const differing = EXPRESSIONS.filter((text) => {
          const ours = compiled(text).evaluate(values).value
          // Its dates and durations have no common text with ours; those lines are compared in packages/feel.
          if (ours !== null && typeof ours === 'object' && 'nanos' in ours) return false
          return comparable(ours) !== comparable(feelin(text, INPUTS).value)
        })
        for (const text of differing) context.log(`not comparable, results differ: ${text}`)
        const figure = perSecond(SECONDS, () => {
          for (const text of EXPRESSIONS) feelin(text, INPUTS)
        })
        // It has no way to keep a parsed expression, so both lines show the same figure.
        return [measure('compiled once', figure), measure('parsed every time', figure)]
      },
    },
  ],
  async run() {
    const programs = EXPRESSIONS.map((text) => {
      const program = compiled(text)
      return { program, inputs: program.inputs.map((name) => values[name]) }
    })
    return [
      measure(
        'compiled once',
        perSecond(SECONDS, () => {
          for (const { program, inputs } of programs) program.run(inputs, new Runtime())
        }),
        200_000,
      ),
      measure(
        'parsed every time',
        perSecond(SECONDS, () => {
          for (const text of EXPRESSIONS) compiled(text).evaluate(values)
        }),
      ),
    ]
  },
}

export default bench
