import type { ChannelStatus } from "../../store/alert.ts";
import type { Context } from "./context.ts";
import { userError } from "./errors.ts";

interface ShownChannel extends ChannelStatus {
  readonly kind: string;
}

/** Query.alertChannels, Mutation.sendTestAlert and the fields of AlertChannel. */
export const alerts = {
  Query: {
    async alertChannels(
      _: unknown,
      __: unknown,
      { store, channels }: Context,
    ): Promise<readonly ShownChannel[]> {
      const kinds = new Map(channels.map(({ name, kind }) => [name, kind.toUpperCase()]));
      return (await store.channelStatuses()).flatMap((one) => {
        const kind = kinds.get(one.name);
        return kind === undefined ? [] : [{ ...one, kind }];
      });
    },
  },
  Mutation: {
    async sendTestAlert(
      _: unknown,
      { channel }: { readonly channel: string },
      { store, newId, now }: Context,
    ): Promise<boolean> {
      const notice = JSON.stringify({ kind: "test", channel });
      const message = { key: newId(), kind: "test", notice } as const;
      const isStored = await store.addTestMessage(channel, message, now());
      if (isStored) return true;
      throw userError("NOT_FOUND", "There is no channel of this name.", "alerts.channels lists them.");
    },
  },
  AlertChannel: {
    lastSentAt: ({ lastSentAtMs }: ShownChannel) => lastSentAtMs ?? null,
    failingSince: ({ failingSinceMs }: ShownChannel) => failingSinceMs ?? null,
    lastError: ({ lastError }: ShownChannel) => lastError ?? null,
  },
};
