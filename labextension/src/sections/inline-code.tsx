/** A kernel's sentence, with what stands between backticks as code. */
export function InlineCode({ text }: { text: string }): JSX.Element {
  return <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}
