import { assertMatch } from "@std/assert";
import { describeOwnName, type Resolve } from "../../cli/own_name.ts";

const none = () => Promise.reject(new Deno.errors.NotFound("no record found"));
const broken = () => Promise.reject(new Error("the resolver does not answer"));

Deno.test("check: whether the component's name can be found from outside, and what that changes", async () => {
  const only = (type: string): Resolve => (_name, asked) =>
    asked === type ? Promise.resolve(["192.0.2.1"]) : none();
  for (const type of ["SRV", "A", "AAAA"]) {
    assertMatch(await describeOwnName("keeper.home.example", only(type)), /has a DNS record/);
  }
  assertMatch(await describeOwnName("keeper.home.example", none), /has no DNS record/);
  assertMatch(await describeOwnName("keeper.home.example", broken), /could not be looked up/);
});
