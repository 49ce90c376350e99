import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { createPlaces } from "./places.ts";

class Connection extends EventEmitter {
  isOpen = true;
  terminate(): void {
    this.isOpen = false;
    this.emit("close");
  }
}

const open = (places: ReturnType<typeof createPlaces<Connection>>, count: number) =>
  Array.from({ length: count }, () => {
    const connection = new Connection();
    places.enter(connection);
    return connection;
  });

describe("places of connections", () => {
  it("are not taken by those who have shown nothing; of too many the longest is ended", () => {
    const places = createPlaces<Connection>(2, 3);
    const silent = open(places, 5);
    expect(silent.map(({ isOpen }) => isOpen)).toEqual([false, false, true, true, true]);
    expect(places.isFull()).toBe(false);
  });

  it("are so many for those who were let in, and no more until one has gone", () => {
    const places = createPlaces<Connection>(2, 3);
    const [first, second, third] = open(places, 3);
    if (first === undefined || second === undefined || third === undefined) throw new Error("three");
    expect([places.admit(first), places.admit(second), places.admit(third)]).toEqual([true, true, false]);
    expect(places.isFull()).toBe(true);
    first.terminate();
    expect(places.isFull()).toBe(false);
    expect(places.admit(third)).toBe(true);
  });

  it("once taken are not given up to those who show nothing", () => {
    const places = createPlaces<Connection>(2, 1);
    const [guest] = open(places, 1);
    if (guest === undefined) throw new Error("one");
    places.admit(guest);
    open(places, 10);
    expect(guest.isOpen).toBe(true);
  });
});
