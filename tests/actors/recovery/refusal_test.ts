import { assertEquals } from "@std/assert";
import { interpretRefusal, type Refusal } from "../../../actors/recovery/refusal.ts";

const CASES: readonly [Refusal, condition: string, errorType: string, more?: object][] = [
  ["undelivered", "remote-server-not-found", "cancel"],
  ["undelivered", "remote-server-timeout", "wait"],
  ["undelivered", "recipient-unavailable", "cancel"],
  ["undelivered", "not-allowed", "cancel", { by: "home.example" }],
  ["later", "resource-constraint", "wait"],
  ["later", "service-unavailable", "wait"],
  ["nick-taken", "conflict", "cancel"],
  ["locked", "item-not-found", "cancel"],
  ["ended", "gone", "cancel"],
  ["final", "registration-required", "auth"],
  ["final", "forbidden", "auth"],
  ["final", "not-authorized", "auth"],
  ["final", "remote-server-not-found", "cancel", { text: "Not connected to IRC server x" }],
];

for (const [refusal, condition, errorType, more] of CASES) {
  Deno.test(`interpretRefusal() ${condition}, ${errorType}: ${refusal}`, () => {
    const error = { type: "error", condition, errorType, ...more } as const;
    assertEquals(interpretRefusal(error, "garden@rooms.example", "home.example"), refusal);
  });
}
