import type { Problem } from '@nhip/canonical/problem'
import type {
  Aggregator,
  BoxedIteration,
  DecisionTable,
  Definitions,
  DrgElement,
  Expression,
  FeelText,
  FunctionDefinition,
  HitPolicy,
  InformationItem,
  ItemDefinition,
  Place,
  Reference,
} from './model.ts'
import { child, childrenNamed, type Element, readXml } from './xml.ts'

/** Namespaces of DMN 1.1 to 1.5, whatever the prefix. */
const MODEL_NAMESPACES = new Set([
  'http://www.omg.org/spec/DMN/20151101/dmn.xsd',
  'http://www.omg.org/spec/DMN/20180521/MODEL/',
  'https://www.omg.org/spec/DMN/20191111/MODEL/',
  'https://www.omg.org/spec/DMN/20211108/MODEL/',
  'https://www.omg.org/spec/DMN/20230324/MODEL/',
])

const HIT_POLICIES = new Set(['UNIQUE', 'FIRST', 'PRIORITY', 'ANY', 'COLLECT', 'RULE ORDER', 'OUTPUT ORDER'])

export interface Read {
  definitions?: Definitions
  problems: Problem[]
}

/** Reads one `.dmn` file. Elements of other namespaces (diagrams, extensions) are passed over. */
export function readDmn(text: string, file: string): Read {
  const { root, problems } = readXml(text, file)
  if (!root) return { problems }
  if (root.name !== 'definitions' || !MODEL_NAMESPACES.has(root.namespace)) {
    problems.push({
      severity: 'error',
      code: 'dmn.root',
      file,
      line: root.line,
      column: root.column,
      value: `{${root.namespace}}${root.name}`,
      message: {
        vi: 'Phần tử gốc không phải là definitions của DMN 1.1–1.5.',
        en: 'The root element is not definitions of DMN 1.1–1.5.',
      },
    })
    return { problems }
  }
  return { definitions: new Reader(file, root, problems).definitions(), problems }
}

class Reader {
  readonly #file: string
  readonly #root: Element
  readonly #problems: Problem[]
  readonly #namespace: string

  constructor(file: string, root: Element, problems: Problem[]) {
    this.#file = file
    this.#root = root
    this.#problems = problems
    this.#namespace = root.attributes.get('namespace') ?? ''
  }

  definitions(): Definitions {
    const root = this.#root
    return {
      file: this.#file,
      id: attribute(root, 'id') ?? '',
      name: attribute(root, 'name') ?? '',
      namespace: this.#namespace,
      imports: this.#own(root, 'import').map((element) => ({
        ...this.#place(element),
        name: attribute(element, 'name') ?? '',
        namespace: attribute(element, 'namespace') ?? '',
        importType: attribute(element, 'importType') ?? '',
      })),
      itemDefinitions: this.#own(root, 'itemDefinition').map((element) => this.#item(element)),
      elements: this.#elements(root),
    }
  }

  #own(element: Element, name: string): Element[] {
    return element.children.filter((item) => item.name === name && item.namespace === this.#root.namespace)
  }

  #place({ line, column }: Element): Place {
    return { file: this.#file, line, column }
  }

  #item(element: Element): ItemDefinition {
    const functionItem = child(element, 'functionItem')
    return {
      ...this.#place(element),
      name: attribute(element, 'name') ?? '',
      ...optional('typeRef', text(element, 'typeRef')),
      isCollection: attribute(element, 'isCollection') === 'true',
      ...optional('allowedValues', this.#tests(element, 'allowedValues')),
      ...optional('typeConstraint', this.#tests(element, 'typeConstraint')),
      components: childrenNamed(element, 'itemComponent').map((component) => this.#item(component)),
      ...(functionItem
        ? {
            functionItem: {
              parameters: childrenNamed(functionItem, 'parameters').map(information),
              ...optional('outputTypeRef', attribute(functionItem, 'outputTypeRef')),
            },
          }
        : {}),
    }
  }

  #tests(element: Element, name: string): FeelText | undefined {
    const found = child(element, name)
    const inner = found && child(found, 'text')
    return inner && { ...this.#place(inner), text: inner.text }
  }

  #elements(root: Element): DrgElement[] {
    const found: DrgElement[] = []
    for (const element of root.children) {
      if (element.namespace !== root.namespace) continue
      const read = this.#element(element)
      if (read) found.push(read)
    }
    return found
  }

  #element(element: Element): DrgElement | undefined {
    const name = attribute(element, 'name') ?? ''
    const variable = child(element, 'variable')
    const base = {
      ...this.#place(element),
      id: attribute(element, 'id') ?? name,
      name,
      variable: variable ? { ...information(variable), name: attribute(variable, 'name') ?? name } : { name },
      ...optional('description', text(element, 'description')),
    }
    switch (element.name) {
      case 'inputData':
        return { ...base, kind: 'input data' }
      case 'decision':
        return {
          ...base,
          kind: 'decision',
          requiredInputs: this.#required(element, 'informationRequirement', 'requiredInput'),
          requiredDecisions: this.#required(element, 'informationRequirement', 'requiredDecision'),
          requiredKnowledge: this.#required(element, 'knowledgeRequirement', 'requiredKnowledge'),
          ...optional('expression', this.#expressionIn(element)),
        }
      case 'businessKnowledgeModel': {
        const logic = child(element, 'encapsulatedLogic')
        return {
          ...base,
          kind: 'business knowledge model',
          requiredKnowledge: this.#required(element, 'knowledgeRequirement', 'requiredKnowledge'),
          ...(logic ? { logic: this.#function(logic) } : {}),
        }
      }
      case 'decisionService':
        return {
          ...base,
          kind: 'decision service',
          outputDecisions: this.#references(element, 'outputDecision'),
          encapsulatedDecisions: this.#references(element, 'encapsulatedDecision'),
          inputDecisions: this.#references(element, 'inputDecision'),
          inputData: this.#references(element, 'inputData'),
        }
      default:
        return undefined
    }
  }

  #required(element: Element, requirement: string, name: string): Reference[] {
    return childrenNamed(element, requirement).flatMap((item) => this.#references(item, name))
  }

  #references(element: Element, name: string): Reference[] {
    return childrenNamed(element, name).flatMap((item) => {
      const href = attribute(item, 'href')
      if (href === undefined) return []
      const hash = href.lastIndexOf('#')
      const namespace = hash > 0 ? href.slice(0, hash) : this.#namespace
      return [{ ...this.#place(item), namespace, id: href.slice(hash + 1) }]
    })
  }

  #expressionIn(element: Element): Expression | undefined {
    for (const item of element.children) {
      const found = this.#expression(item)
      if (found) return found
    }
    return undefined
  }

  #part(element: Element, name: string): Expression | undefined {
    const found = child(element, name)
    return found && this.#expressionIn(found)
  }

  #expression(element: Element): Expression | undefined {
    const base = { ...this.#place(element), ...optional('typeRef', attribute(element, 'typeRef')) }
    switch (element.name) {
      case 'literalExpression': {
        const inner = child(element, 'text')
        return { ...base, ...(inner ? this.#place(inner) : {}), kind: 'literal', text: inner?.text ?? '' }
      }
      case 'context':
        return {
          ...base,
          kind: 'context',
          entries: childrenNamed(element, 'contextEntry').map((entry) => {
            const variable = child(entry, 'variable')
            return {
              ...(variable ? { variable: information(variable) } : {}),
              ...optional('expression', this.#expressionIn(entry)),
            }
          }),
        }
      case 'list':
        return { ...base, kind: 'list', items: this.#expressions(element) }
      case 'relation':
        return {
          ...base,
          kind: 'relation',
          columns: childrenNamed(element, 'column').map(information),
          rows: childrenNamed(element, 'row').map((row) => this.#expressions(row)),
        }
      case 'invocation':
        return {
          ...base,
          kind: 'invocation',
          ...optional('called', this.#expressionIn(element)),
          bindings: childrenNamed(element, 'binding').map((binding) => {
            const parameter = child(binding, 'parameter')
            return {
              parameter: parameter ? information(parameter) : { name: '' },
              ...optional('expression', this.#expressionIn(binding)),
            }
          }),
        }
      case 'functionDefinition':
        return this.#function(element)
      case 'conditional':
        return {
          ...base,
          kind: 'conditional',
          ...optional('condition', this.#part(element, 'if')),
          ...optional('then', this.#part(element, 'then')),
          ...optional('otherwise', this.#part(element, 'else')),
        }
      case 'filter':
        return {
          ...base,
          kind: 'filter',
          ...optional('source', this.#part(element, 'in')),
          ...optional('match', this.#part(element, 'match')),
        }
      case 'for':
      case 'some':
      case 'every':
        return this.#iteration(element, element.name)
      case 'decisionTable':
        return this.#table(element)
      default:
        return undefined
    }
  }

  #expressions(element: Element): Expression[] {
    return element.children.flatMap((item) => this.#expression(item) ?? [])
  }

  #iteration(element: Element, kind: BoxedIteration['kind']): BoxedIteration {
    return {
      ...this.#place(element),
      ...optional('typeRef', attribute(element, 'typeRef')),
      kind,
      variable: attribute(element, 'iteratorVariable') ?? '',
      ...optional('source', this.#part(element, 'in')),
      ...optional('body', this.#part(element, kind === 'for' ? 'return' : 'satisfies')),
    }
  }

  #function(element: Element): FunctionDefinition {
    const kind = attribute(element, 'kind')
    return {
      ...this.#place(element),
      ...optional('typeRef', attribute(element, 'typeRef')),
      kind: 'function',
      functionKind: kind === 'Java' || kind === 'PMML' ? kind : 'FEEL',
      parameters: childrenNamed(element, 'formalParameter').map(information),
      ...optional('body', this.#expressionIn(element)),
    }
  }

  #table(element: Element): DecisionTable {
    const policy = attribute(element, 'hitPolicy') ?? 'UNIQUE'
    if (!HIT_POLICIES.has(policy)) {
      this.#problems.push({
        severity: 'error',
        code: 'dmn.hit-policy',
        ...this.#place(element),
        value: policy,
        message: { vi: `Không có quy tắc chọn dòng "${policy}".`, en: `There is no hit policy "${policy}".` },
      })
    }
    return {
      ...this.#place(element),
      ...optional('typeRef', attribute(element, 'typeRef')),
      kind: 'table',
      hitPolicy: HIT_POLICIES.has(policy) ? (policy as HitPolicy) : 'UNIQUE',
      ...optional('aggregation', attribute(element, 'aggregation') as Aggregator | undefined),
      inputs: childrenNamed(element, 'input').map((input) => {
        const expression = child(input, 'inputExpression')
        return {
          expression: this.#feel(expression ?? input),
          ...optional('typeRef', expression && attribute(expression, 'typeRef')),
          ...optional('values', this.#tests(input, 'inputValues')),
          ...optional('label', attribute(input, 'label')),
        }
      }),
      outputs: childrenNamed(element, 'output').map((output) => ({
        ...optional('name', attribute(output, 'name')),
        ...optional('typeRef', attribute(output, 'typeRef')),
        ...optional('values', this.#tests(output, 'outputValues')),
        ...optional('defaultEntry', this.#tests(output, 'defaultOutputEntry')),
      })),
      rules: childrenNamed(element, 'rule').map((rule) => ({
        id: attribute(rule, 'id') ?? '',
        inputs: childrenNamed(rule, 'inputEntry').map((entry) => this.#feel(entry)),
        outputs: childrenNamed(rule, 'outputEntry').map((entry) => this.#feel(entry)),
        ...optional(
          'annotation',
          childrenNamed(rule, 'annotationEntry')
            .map((entry) => text(entry, 'text') ?? '')
            .join(' ') || undefined,
        ),
        line: rule.line,
      })),
    }
  }

  #feel(element: Element): FeelText {
    const inner = child(element, 'text')
    return { ...this.#place(inner ?? element), text: inner?.text ?? '' }
  }
}

function information(element: Element): InformationItem {
  // DMN 1.1 wrote the type reference of an item as a child.
  return {
    name: attribute(element, 'name') ?? '',
    ...optional('typeRef', attribute(element, 'typeRef') ?? text(element, 'typeRef')),
  }
}

function attribute(element: Element, name: string): string | undefined {
  return element.attributes.get(name)
}

function text(element: Element, name: string): string | undefined {
  const found = child(element, name)?.text.trim()
  return found === '' ? undefined : found
}

/** An object with the key, or without it when there is no value. */
function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V }
}
