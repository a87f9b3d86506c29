/** A scene as an operator would meet it: many calm domains, a few with trouble. */

import { Scene } from "./scene.ts";

const HOUR = 3_600_000;
const NAMES = ["rooms", "chat", "muc", "conference", "talk", "groups"];
const PLACES = ["meadow", "harbour", "library", "orchard", "lantern", "quarry", "willow", "summit"];

/** The scene, with `calm` domains besides those with a story. */
export function storyScene(calm = 60): Scene {
  const scene = new Scene(Date.now() - 23 * HOUR);
  const end = scene.now + 23 * HOUR;
  for (let n = 0; n < calm; n++) {
    const name = `${NAMES[n % 6]}.${PLACES[Math.floor(n / 6) % 8]}${n > 47 ? n : ""}.example`;
    scene.join(name, 1 + n * 37 % 60, 1 + n % 7);
  }
  const garden = "chat.garden.example";
  const storm = "rooms.storm.example";
  const old = "muc.oldtown.example";
  const blip = "talk.riverside.example";
  for (const name of [garden, storm, old, blip]) scene.join(name, 240, 12);
  const trouble: [number, string, number][] = [
    [2, old, 0],
    [3.5, blip, 0],
    [7, garden, 1],
    [9, blip, 0],
    [9.5, old, 3],
    [14, blip, 0],
    [19, garden, 0],
  ];
  const start = scene.now;
  for (const [hours, name, gone] of trouble) {
    scene.now = Math.max(scene.now, start + hours * HOUR);
    scene.lose(name);
    scene.tell(name, { type: "link", state: "up", direction: "out", clean: false });
    scene.verify(name, { gone });
  }
  scene.now = end - 4 * 60_000;
  scene.lose(storm);
  for (let n = 0; n < 4; n++) scene.verify(storm, { reachable: false });
  scene.lose(blip);
  scene.now = end - 90_000;
  scene.lose(garden);
  scene.now = end;
  scene.verify(garden, { gone: 1, most: 95 });
  return scene;
}
