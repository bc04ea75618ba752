/** The magics as a document for people: `docs/magics.md`. */
import {
  availableArguments,
  argumentUsage,
  usageLine,
  type MagicArgument,
  type MagicDeclaration,
} from '@heapmark/protocol';

export function magicsDocument(declarations: readonly MagicDeclaration[]): string {
  const here = declarations.filter(({ available }) => available);
  const later = declarations.filter(({ available }) => !available);
  return `${introduction}\n\n${here.map(section).join('\n\n')}\n\n${laterSection(later)}\n`;
}

const introduction = `<!-- Made from kernel/protocol/src/magics.ts by \`npm run reference\`. -->

# Magics

A magic is a line of a cell that starts with \`%\` and a name, with no blank between them. \`%%\` and a name on the first line of a
cell is a magic for the whole cell. Magics and code run in the order in which they are written.

- \`%name?\` shows the help of a magic, \`%lsmagic\` lists them all.
- An option's value stands behind a blank or an equals sign: \`--sort name\`, \`--sort=name\`, \`-n 5\`, \`-n5\`. Quotes hold words
  together. \`--\` ends the options.
- A mistake in a name or an option is answered with the nearest right one, and then nothing is done.
- Sizes: \`~\` stands before an estimate, \`≥\` before what is at least so much, \`—\` for what is not known. 1 kB is 1000 bytes.
- Each function form is imported from \`"heapmark"\`, takes the same options, and returns a promise of the record that the
  magic shows: \`const record = await vars({ sort: "name" })\`.`;

function section(declared: MagicDeclaration): string {
  const parts = [`## %${declared.name}`, `\`${usageLine(declared)}\``, declared.summary];
  if (declared.form === 'both') parts.push(`\`%%${declared.name}\` does it for a whole cell.`);
  if (declared.details !== undefined) parts.push(declared.details);
  const args = availableArguments(declared);
  if (args.length > 0) parts.push(argumentTable(args));
  if (declared.functionForm !== undefined) parts.push(`In code: \`${declared.functionForm}()\`.`);
  if (declared.examples !== undefined) parts.push(`\`\`\`\n${declared.examples.join('\n')}\n\`\`\``);
  return parts.join('\n\n');
}

function argumentTable(args: readonly MagicArgument[]): string {
  const rows = args.map((argument) => `| \`${argumentUsage(argument).replaceAll('|', '\\|')}\` | ${argument.help} |`);
  return `| argument | what it does |\n| --- | --- |\n${rows.join('\n')}`;
}

function laterSection(later: readonly MagicDeclaration[]): string {
  const rows = later.map(({ name, form, summary }) => `- \`${form === 'cell' ? '%%' : '%'}${name}\`: ${summary}`);
  return `## Not in this version yet\n\n${rows.join('\n')}`;
}
