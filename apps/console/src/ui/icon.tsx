import type { ReactNode } from 'react'

/** Drawn on a grid of 16, in the colour of the text around them. */
const shapes = {
  overview: <path d="M2.5 2.5h4.5v6H2.5zM9 2.5h4.5v3.5H9zM9 8h4.5v5.5H9zM2.5 10.5h4.5v3H2.5z" />,
  services: (
    <path d="M8 2.2a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2zM3.6 10.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2zM12.4 10.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2zM7.3 5.3 4.4 10.5M8.7 5.3l2.9 5.2M5.2 12h5.6" />
  ),
  configuration: <path d="M4 2.5h5.5l3 3v8h-8.5zM9.5 2.5v3h3M6 8.5h4.5M6 11h4.5" />,
  keys: <path d="M5.5 13.2a2.9 2.9 0 1 1 0-5.8 2.9 2.9 0 0 1 0 5.8zM7.6 8.3l5.4-5.5M10.6 5.2l2 2" />,
  coordination: <path d="M4.5 7.5h7v6h-7zM5.8 7.5V5a2.2 2.2 0 0 1 4.4 0v2.5M8 10v1.5" />,
  cluster: <path d="M2.5 3h11v3.5h-11zM2.5 9.5h11v3.5h-11zM5 4.8h.1M5 11.3h.1" />,
  access: <path d="M8 2 3 4v4c0 3 2.2 5.2 5 6 2.8-.8 5-3 5-6V4zM6 8l1.5 1.5L10.2 6.7" />,
  audit: <path d="M4 2.5h8v11H4zM6 5.5h4M6 8h4M6 10.5h2.5" />,
  timeline: <path d="M8 13.7A5.7 5.7 0 1 1 8 2.3a5.7 5.7 0 0 1 0 11.4zM8 4.8V8l2.2 1.6" />,
  start: <path d="M8 2v12M8 3.5h4.5L14 5l-1.5 1.5H8M8 8H3.5L2 9.5 3.5 11H8" />,
  gateway: <path d="M2 8h4M6 8l4-4h4M6 8l4 4h4M12 2.3 14 4l-2 1.7M12 10.3l2 1.7-2 1.7" />,
  webhooks: <path d="M13.5 2.5 2.5 7l4.2 2 2 4.5zM6.7 9l3-3" />,
  search: <path d="M7 11.5a4.5 4.5 0 1 1 0-9 4.5 4.5 0 0 1 0 9zM10.4 10.4l3.1 3.1" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  check: <path d="m3 8.5 3.2 3.2L13 4.8" />,
  chevron: <path d="m6 3.5 4.5 4.5L6 12.5" />,
  down: <path d="m3.5 6 4.5 4.5L12.5 6" />,
  copy: <path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />,
  warn: <path d="M8 2.3 14.2 13H1.8zM8 6.3v3.2M8 11.3v.1" />,
  info: <path d="M8 13.7A5.7 5.7 0 1 1 8 2.3a5.7 5.7 0 0 1 0 11.4zM8 7.3V11M8 5v.1" />,
  plus: <path d="M8 3v10M3 8h10" />,
  more: <path d="M3.5 8h.1M8 8h.1M12.5 8h.1" strokeWidth="2.2" />,
  menu: <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />,
  sun: (
    <path d="M8 10.8a2.8 2.8 0 1 1 0-5.6 2.8 2.8 0 0 1 0 5.6zM8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M3.6 12.4l1-1M11.4 4.6l1-1" />
  ),
  moon: <path d="M13 9.6A5.6 5.6 0 1 1 6.4 3 4.5 4.5 0 0 0 13 9.6z" />,
  system: <path d="M2.5 3h11v7.5h-11zM6 13.5h4M8 10.5v3" />,
  language: (
    <path d="M2 4h7M5.5 2.5V4M7.5 4c-.5 2.5-2.3 4.3-5 5.3M3.8 6c.8 1.6 2 2.7 3.7 3.4M8 13.5l2.7-6.5 2.8 6.5M8.9 11.5h3.7" />
  ),
  user: <path d="M8 8a2.7 2.7 0 1 1 0-5.4A2.7 2.7 0 0 1 8 8zM2.8 13.6c.5-2.4 2.6-3.8 5.2-3.8s4.7 1.4 5.2 3.8" />,
  lock: <path d="M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5" />,
  refresh: <path d="M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3" />,
  external: <path d="M6.5 3.5h-4v10h10v-4M9.5 2.5h4v4M13 3 7.5 8.5" />,
  play: <path d="M5 3v10l8-5z" />,
  pause: <path d="M5 3v10M11 3v10" />,
  undo: <path d="M5.5 3 2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H7" />,
  folder: <path d="M2 4h4.5l1.5 1.8h6V13H2z" />,
  download: <path d="M8 2.5v8M4.8 7.5 8 10.7l3.2-3.2M2.5 13.5h11" />,
  upload: <path d="M8 10.5v-8M4.8 5.7 8 2.5l3.2 3.2M2.5 13.5h11" />,
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof shapes

/** For sighted readers only: the text beside it, or the label of its button, says the same. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {shapes[name]}
    </svg>
  )
}
