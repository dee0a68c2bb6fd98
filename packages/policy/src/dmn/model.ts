/**
 * A DMN model as it is written (OMG DMN 1.5, chapters 6–10), free of XML: names, references and expressions with
 * their places. `read` makes it, `link` finds what the references mean, `compile` makes it run.
 */

/** Where something stands in its file; lines and columns from 1. */
export interface Place {
  file: string
  line: number
  column: number
}

/** A reference by `href`: `#id` in the same file or `namespace#id`. */
export interface Reference extends Place {
  namespace: string
  id: string
}

/** A FEEL text with its place. */
export interface FeelText extends Place {
  text: string
}

export interface Import extends Place {
  name: string
  namespace: string
  importType: string
}

export interface ItemDefinition extends Place {
  name: string
  typeRef?: string
  isCollection: boolean
  allowedValues?: FeelText
  typeConstraint?: FeelText
  components: ItemDefinition[]
  functionItem?: { parameters: { name: string; typeRef?: string }[]; outputTypeRef?: string }
}

/** A name with a declared type: a variable, a parameter. */
export interface InformationItem {
  name: string
  typeRef?: string
}

interface NamedElement extends Place {
  id: string
  name: string
  variable: InformationItem
  description?: string
}

export interface InputData extends NamedElement {
  kind: 'input data'
}

export interface Decision extends NamedElement {
  kind: 'decision'
  requiredInputs: Reference[]
  requiredDecisions: Reference[]
  requiredKnowledge: Reference[]
  expression?: Expression
}

export interface BusinessKnowledgeModel extends NamedElement {
  kind: 'business knowledge model'
  requiredKnowledge: Reference[]
  logic?: FunctionDefinition
}

export interface DecisionService extends NamedElement {
  kind: 'decision service'
  outputDecisions: Reference[]
  encapsulatedDecisions: Reference[]
  inputDecisions: Reference[]
  inputData: Reference[]
}

export type DrgElement = InputData | Decision | BusinessKnowledgeModel | DecisionService

export interface Definitions {
  file: string
  id: string
  name: string
  namespace: string
  imports: Import[]
  itemDefinitions: ItemDefinition[]
  elements: DrgElement[]
}

interface Boxed extends Place {
  typeRef?: string
}

export interface LiteralExpression extends Boxed {
  kind: 'literal'
  text: string
}
export interface BoxedContext extends Boxed {
  kind: 'context'
  /** An entry without a variable is the result. */
  entries: { variable?: InformationItem; expression?: Expression }[]
}
export interface BoxedList extends Boxed {
  kind: 'list'
  items: Expression[]
}
export interface Relation extends Boxed {
  kind: 'relation'
  columns: InformationItem[]
  rows: Expression[][]
}
export interface Invocation extends Boxed {
  kind: 'invocation'
  called?: Expression
  bindings: { parameter: InformationItem; expression?: Expression }[]
}
export interface FunctionDefinition extends Boxed {
  kind: 'function'
  functionKind: 'FEEL' | 'Java' | 'PMML'
  parameters: InformationItem[]
  body?: Expression
}
export interface Conditional extends Boxed {
  kind: 'conditional'
  condition?: Expression
  then?: Expression
  otherwise?: Expression
}
export interface BoxedFilter extends Boxed {
  kind: 'filter'
  source?: Expression
  match?: Expression
}
export interface BoxedIteration extends Boxed {
  kind: 'for' | 'some' | 'every'
  variable: string
  source?: Expression
  body?: Expression
}

export type HitPolicy = 'UNIQUE' | 'FIRST' | 'PRIORITY' | 'ANY' | 'COLLECT' | 'RULE ORDER' | 'OUTPUT ORDER'
export type Aggregator = 'SUM' | 'COUNT' | 'MIN' | 'MAX'

export interface DecisionTable extends Boxed {
  kind: 'table'
  hitPolicy: HitPolicy
  aggregation?: Aggregator
  inputs: { expression: FeelText; typeRef?: string; values?: FeelText; label?: string }[]
  outputs: { name?: string; typeRef?: string; values?: FeelText; defaultEntry?: FeelText }[]
  rules: { id: string; inputs: FeelText[]; outputs: FeelText[]; annotation?: string; line: number }[]
}

export type Expression =
  | LiteralExpression
  | BoxedContext
  | BoxedList
  | Relation
  | Invocation
  | FunctionDefinition
  | Conditional
  | BoxedFilter
  | BoxedIteration
  | DecisionTable
