import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

/** One bucket of time from `timeMs` on: how much came, and how odd the oddest of it was. */
export interface ChartPoint {
  readonly timeMs: number;
  readonly records: number;
  readonly anomalies: number;
  /** 0 to 1; undefined where nothing was scored. */
  readonly maxScore: number | undefined;
}

interface TimeChartProps {
  readonly points: readonly ChartPoint[];
  /** The chart in words, for those who do not see it. */
  readonly summary: string;
  readonly onHover: (point: ChartPoint | undefined) => void;
}

/** Records as bars, the highest score of each bucket as a line, buckets with anomalies as dots. */
export function TimeChart({ points, summary, onHover }: TimeChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const latest = useRef({ points, onHover });
  const isDark = useDarkScheme();

  useEffect(() => {
    latest.current = { points, onHover };
    chart.current?.setData(columns(points));
  }, [points, onHover]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a canvas must be drawn anew when the colours change
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const hover = (index: number | null | undefined) =>
      latest.current.onHover(
        index === null || index === undefined ? undefined : latest.current.points[index],
      );
    const plot = new uPlot(options(element, hover), columns(latest.current.points), element);
    chart.current = plot;
    const observer = new ResizeObserver(() => plot.setSize(sizeOf(element)));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      chart.current = undefined;
    };
  }, [isDark]);

  return <div ref={host} className="time-chart" role="img" aria-label={summary} />;
}

function columns(points: readonly ChartPoint[]): uPlot.AlignedData {
  // A bucket is drawn around its middle.
  const [first, second] = points;
  const halfMs = first === undefined || second === undefined ? 0 : (second.timeMs - first.timeMs) / 2;
  return [
    points.map((point) => (point.timeMs + halfMs) / 1000),
    points.map((point) => point.records),
    points.map((point) => point.maxScore ?? null),
    points.map((point) => (point.anomalies > 0 ? (point.maxScore ?? null) : null)),
  ];
}

function options(element: HTMLElement, onHover: (index: number | null | undefined) => void): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = `11px ${style.fontFamily}`;
  const axis = { stroke: colour("--muted"), font, ticks: { show: false }, grid: { show: false } };
  return {
    ...sizeOf(element),
    padding: [8, 4, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    // A bar stands on both sides of its place: half a bucket of room at the ends.
    scales: {
      x: { range: (plot, min, max) => widened(min, max, plot.data[0].length) },
      records: { range: (_, __, max) => [0, Math.max(1, max * 1.15)] },
      score: { range: [0, 1.04] },
    },
    axes: [
      {
        ...axis,
        size: 22,
        space: 84,
        values: (_, ticks, __, ___, stepS) => ticks.map((tick) => tickLabel(tick, stepS)),
      },
      {
        ...axis,
        scale: "score",
        size: 34,
        splits: () => [0, 0.5, 1],
        grid: { stroke: colour("--line"), width: 1 },
      },
      { ...axis, scale: "records", side: 1, size: 44, space: 28, values: (_, ticks) => ticks.map(compact) },
    ],
    series: [
      {},
      { scale: "records", fill: colour("--chart-bars"), width: 0, paths: bars(), points: { show: false } },
      { scale: "score", stroke: colour("--accent"), width: 1.5, points: { show: false } },
      {
        scale: "score",
        stroke: colour("--danger"),
        width: 0,
        points: { show: true, size: 7, fill: colour("--danger"), stroke: colour("--surface"), width: 1.5 },
      },
    ],
    hooks: { setCursor: [(plot) => onHover(plot.cursor.idx)] },
  };
}

function bars(): uPlot.Series.PathBuilder {
  const { bars: build } = uPlot.paths;
  if (build === undefined) throw new Error("this build of uPlot lacks bars");
  return build({ size: [0.8, 24] });
}

function widened(min: number, max: number, points: number): [number, number] {
  const half = points < 2 ? 1 : (max - min) / (points - 1) / 2;
  return [min - half, max + half];
}

const DAY_S = 86_400;

function tickLabel(tickS: number, stepS: number): string {
  const time = new Date(tickS * 1000);
  if (stepS >= DAY_S) return time.toLocaleDateString("en-US", { month: "short", day: "numeric" });
  return time.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

function compact(tick: number): string {
  return tick.toLocaleString("en-US", { notation: "compact", maximumFractionDigits: 1 });
}

function sizeOf(element: HTMLElement): { width: number; height: number } {
  return { width: Math.max(120, element.clientWidth), height: Math.max(60, element.clientHeight) };
}

function useDarkScheme(): boolean {
  const [isDark, setDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const onChange = () => setDark(query.matches);
    query.addEventListener("change", onChange);
    return () => query.removeEventListener("change", onChange);
  }, []);
  return isDark;
}
