// The bell: bell indigo, with a bronze clapper.
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" style={{ flex: 'none' }}>
      <rect width="24" height="24" rx="6.5" fill="var(--c-brand)" />
      <path
        d="M12 4.6c-2.7 0-4.3 2-4.3 4.6v2.5c0 1.5-.6 2.3-1.5 3.2-.4.4-.1 1 .4 1h10.8c.5 0 .8-.6.4-1-.9-.9-1.5-1.7-1.5-3.2V9.2c0-2.6-1.6-4.6-4.3-4.6Z"
        fill="#fff"
      />
      <path d="M9.9 17.6h4.2a2.1 2.1 0 0 1-4.2 0Z" fill="#F3C878" />
    </svg>
  );
}
