// A thin bar for a share, 0 to 1.
export function Meter({ value, color = 'var(--c-brand-mid)' }: { value: number; color?: string }) {
  return (
    <span
      aria-hidden
      style={{
        display: 'block',
        height: 4,
        borderRadius: 2,
        background: 'var(--c-mute-soft)',
        overflow: 'hidden',
      }}
    >
      <span
        style={{
          display: 'block',
          height: '100%',
          borderRadius: 2,
          background: color,
          width: `${Math.min(1, value) * 100}%`,
          minWidth: value > 0 ? 2 : 0,
        }}
      />
    </span>
  );
}
