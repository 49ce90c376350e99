import { severityIndex } from "../../../processor/detect/severity-index.ts";
import type { TextEncoder } from "../../../processor/detect/text-encoder.ts";
import type { Corpus, Sequence } from "../../../processor/learn/corpus.ts";
import { createCorpusBuilder } from "../../../processor/learn/corpus-builder.ts";
import { diskFileSystem } from "../../../processor/learn/file-system.ts";
import { createParameterReader, type ParameterReader } from "../../../processor/learn/parameter-reader.ts";
import { saveModel } from "../../../processor/learn/save-model.ts";
import { trainEventModel } from "../../../processor/learn/train-event-model.ts";
import type { Unit } from "../evaluation-set.ts";

const SERVICE = "evaluated";

/** What one training starts from, and where it goes. */
export interface UnitTraining {
  readonly units: readonly Unit[];
  readonly templates: readonly string[];
  readonly isSession: boolean;
  readonly seed: number;
  /** Model directory to start from. */
  readonly from: string;
  /** Model directory to write. */
  readonly out: string;
  readonly encoder: TextEncoder;
}

/** `logbert train` on units: the last fifth is held out, as it is there. */
export async function trainOnUnits(training: UnitTraining): Promise<void> {
  const { seed, from, out, encoder } = training;
  const trained = await trainEventModel(corpusOf(training), from, encoder, { seed });
  await saveModel(trained, out, 0, diskFileSystem);
}

function corpusOf({ units, templates, isSession }: UnitTraining): Corpus {
  const builder = createCorpusBuilder();
  const parameters = createParameterReader();
  for (const unit of units) {
    const ids = unit.events.map((event) =>
      builder.templateOf(SERVICE, String(event), templates[event] ?? ""),
    );
    if (ids.every((id) => id !== undefined))
      builder.add(
        SERVICE,
        { ...sequenceOf(unit, ids, isSession), parameters: featuresOf(unit, templates, parameters) },
        0,
      );
  }
  return builder.build();
}

function featuresOf(
  { events, parameters }: Unit,
  templates: readonly string[],
  reader: ParameterReader,
): Float32Array | undefined {
  if (parameters === undefined) return undefined;
  return Float32Array.from(
    events.flatMap((event, index) =>
      reader.read(SERVICE, {
        templateId: String(event),
        template: templates[event] ?? "",
        parameters: parameters[index] ?? [],
        isNew: false,
      }),
    ),
  );
}

function sequenceOf(unit: Unit, ids: readonly number[], isSession: boolean): Omit<Sequence, "parameters"> {
  const { timesMs, severities } = unit;
  return {
    templates: Uint16Array.from(ids),
    severities: Uint8Array.from(ids, (_, index) => severityIndex(severities?.[index] ?? 0)),
    gaps: Float32Array.from(ids, (_, index) => gapOf(timesMs, index)),
    begins: isSession,
    ends: isSession,
  };
}

function gapOf(timesMs: readonly number[] | undefined, index: number): number {
  const now = timesMs?.[index];
  const before = timesMs?.[index - 1];
  return now === undefined || before === undefined ? 0 : Math.log1p(Math.max(0, now - before) / 1000);
}
