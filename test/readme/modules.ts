import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

import ts from 'typescript'

import { preludeNames, serverPreludeNames } from './prelude-names.js'
import type { Block } from './read-blocks.js'

/** A block that has become a file. */
export interface BlockModule extends Block {
  readonly file: string
}

/**
 * Writes each block as a module of its own, on the same lines as in its document. What it uses and
 * neither declares nor imports comes from the prelude: that for pages, or that for servers.
 */
export async function writeModules(
  blocks: readonly Block[],
  folder: string,
  preludes: string,
): Promise<readonly BlockModule[]> {
  const modules: BlockModule[] = []
  for (const block of blocks) {
    const name = `${block.document.replace(/\W+/g, '-')}-line-${block.line}.ts`
    const file = join(folder, name)
    const [prelude, names] =
      block.page === 'server'
        ? ['server-prelude.js', serverPreludeNames]
        : ['prelude.js', preludeNames]
    const source = relative(folder, join(preludes, prelude)).replace(/\\/g, '/')
    const given = namesFromPrelude(block.code, names)
    const first = `import { prelude } from '${source}'; const { ${given.join(', ')} } = await prelude()`
    await mkdir(folder, { recursive: true })
    await writeFile(file, first + '\n'.repeat(block.line - 1) + block.code + '\n')
    modules.push({ ...block, file })
  }
  return modules
}

function namesFromPrelude(code: string, names: readonly string[]): string[] {
  const own = declaredNames(code)
  return names.filter((name) => !own.has(name) && new RegExp(`\\b${name}\\b`).test(code))
}

/** What a block declares or imports at its top. */
function declaredNames(code: string): ReadonlySet<string> {
  const names = new Set<string>()
  const add = (name: ts.BindingName | ts.Identifier | undefined): void => {
    if (!name) return
    if (ts.isIdentifier(name)) names.add(name.text)
    else for (const part of name.elements) if (ts.isBindingElement(part)) add(part.name)
  }
  for (const statement of ts.createSourceFile('block.ts', code, ts.ScriptTarget.ES2022)
    .statements) {
    if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) add(name)
    } else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
      add(statement.name)
    } else if (ts.isImportDeclaration(statement)) {
      const clause = statement.importClause
      add(clause?.name)
      const bindings = clause?.namedBindings
      if (bindings && ts.isNamespaceImport(bindings)) add(bindings.name)
      else if (bindings) for (const { name } of bindings.elements) add(name)
    }
  }
  return names
}

/** What the compiler says of the blocks, at the lines of their documents. */
export function typeErrorsOf(modules: readonly BlockModule[], root: string): readonly string[] {
  const configFile = join(root, 'tsconfig.json')
  const { config } = ts.readConfigFile(configFile, (name) => ts.sys.readFile(name)) as {
    config: { compilerOptions: object }
  }
  const options = ts.convertCompilerOptionsFromJson(config.compilerOptions, root).options
  // A snippet may show something without using it.
  Object.assign(options, { noUnusedLocals: false, noUnusedParameters: false })
  const program = ts.createProgram(
    modules.map(({ file }) => file),
    options,
  )
  return modules.flatMap(({ document, file }) => {
    const source = program.getSourceFile(file)
    return ts.getPreEmitDiagnostics(program, source).map(({ messageText, start = 0 }) => {
      const line = source ? source.getLineAndCharacterOfPosition(start).line + 1 : 0
      return `${document}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    })
  })
}
