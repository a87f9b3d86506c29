/** A real Chromium without a window. */

import { type Browser, chromium, type Page } from "playwright-core";

const PATH = "/usr/bin/chromium";

/** Starts it. Nothing of it reaches beyond the loopback interface. */
export async function startBrowser(): Promise<Browser & AsyncDisposable> {
  return await chromium.launch({
    executablePath: PATH,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Keeps a picture of the page in output/. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = new URL("../../output/", import.meta.url).pathname;
  await Deno.mkdir(folder, { recursive: true });
  await page.screenshot({ path: `${folder}${name}.png`, fullPage: true, animations: "disabled" });
}
