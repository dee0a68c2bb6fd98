import { NameTrie } from './names.ts'
import { ANY, type FeelType } from './types.ts'

/**
 * What a host lets an expression speak of. FEEL cannot be read without it: `income - tax` is one name or a
 * difference, depending on which names there are.
 */
export interface Scope {
  /** The variables, as they are declared: names may hold spaces and the signs `. / - ' + *`. */
  readonly names: Iterable<string>
  /** The names of the components of a variable; needed only for components with spaces or signs in them. */
  readonly componentsOf?: (name: string) => Iterable<string> | undefined
  /** The static type of a variable; says more than `componentsOf` and wins over it. */
  readonly typeOf?: (name: string) => FeelType | undefined
  /** The complete list of the functions that may be called. */
  readonly functions: Iterable<string>
  /** Type names of the host for `instance of` and parameters, beside the built-in ones. */
  readonly types?: ReadonlyMap<string, FeelType>
}

/** One layer of names: the host's, a context's, a function's parameters, a loop's variables, a filter's item. */
export interface Layer {
  readonly binding: 'local' | 'scope' | 'component' | 'function'
  readonly trie: NameTrie
  typeOf(name: string): FeelType
}

const functionTries = new WeakMap<object, NameTrie>()

function functionTrie(functions: Iterable<string>): NameTrie {
  let trie = functionTries.get(functions)
  if (trie === undefined) {
    trie = new NameTrie(functions)
    functionTries.set(functions, trie)
  }
  return trie
}

/** The outermost layers: functions first, variables over them. */
export function layersOf(scope: Scope): Layer[] {
  return [
    { binding: 'function', trie: functionTrie(scope.functions), typeOf: () => ANY },
    {
      binding: 'scope',
      trie: new NameTrie(scope.names),
      typeOf: (name) => scope.typeOf?.(name) ?? componentType(scope.componentsOf?.(name)),
    },
  ]
}

function componentType(names: Iterable<string> | undefined): FeelType {
  if (names === undefined) return ANY
  return { kind: 'context', members: new Map([...names].map((name) => [name, ANY])), open: true }
}

export class LocalLayer implements Layer {
  readonly binding: 'local' | 'component'
  readonly trie = new NameTrie()
  readonly #types = new Map<string, FeelType>()

  constructor(binding: 'local' | 'component') {
    this.binding = binding
  }

  add(name: string, type: FeelType): void {
    this.trie.add(name)
    this.#types.set(name, type)
  }

  typeOf(name: string): FeelType {
    return this.#types.get(name) ?? ANY
  }
}
