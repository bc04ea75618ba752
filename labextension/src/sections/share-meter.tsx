/** A thin bar that says which part of something is used. */
import { percent } from '../format.js';

/** @param share - 0 to 1; more is shown as 1 */
export function ShareMeter({ share, label }: { share: number; label: string }): JSX.Element {
  const filled = Math.max(0, Math.min(1, share));
  return (
    <div
      className="hm-Meter"
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(filled * 100)}
      aria-valuetext={percent(filled)}
    >
      <div className="hm-Meter-fill" style={{ width: `${filled * 100}%` }} />
    </div>
  );
}
