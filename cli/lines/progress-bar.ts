const WIDTH = 30;

/** "[=======>      ]  50 %" for 0.5. */
export function progressBar(share: number): string {
  const filled = Math.round(Math.min(Math.max(share, 0), 1) * WIDTH);
  const bar = `${"=".repeat(filled)}${filled < WIDTH ? ">" : ""}`.padEnd(WIDTH);
  return `[${bar.slice(0, WIDTH)}] ${String(Math.floor(share * 100)).padStart(3)} %`;
}
