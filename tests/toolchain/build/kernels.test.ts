import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { NoSuchTarget } from "../../../toolchain/build/index.js";
import { CLOUDS, findKernel, KERNEL_SIZES, KERNELS, kernelName, parseKernelName } from "../../../toolchain/build/kernels.js";

describe("toolchain/build/kernels", () => {
  it("takes apart every name that it puts together", () => {
    for (const size of KERNEL_SIZES) {
      for (const cloud of CLOUDS) {
        for (const hasV5 of [false, true]) assert.deepEqual(parseKernelName(kernelName({ size, cloud, hasV5 })), { size, cloud, hasV5 });
      }
    }
    for (const name of ["", "full", "full-", "full-plain-", "full-plain-v4", "FULL-plain", "plain-full", "full-plain-v5-v5", "x-full-plain"]) {
      assert.equal(parseKernelName(name), undefined, name);
    }
  });

  it("finds what can be built", () => {
    for (const kernel of KERNELS) {
      assert.equal(findKernel(kernel.name), kernel);
      assert.notEqual(parseKernelName(kernel.name), undefined);
    }
  });

  for (const [name, message] of [
    [
      "full-tendrl-v5",
      /^--kernel full-tendrl-v5: this version has no such combination\n {2}expected one of full-plain, minimal-plain, full-plain-v5, minimal-plain-v5, full-tendrl, minimal-tendrl, full-thingsboard, minimal-thingsboard, database-plain$/,
    ],
    ["minimal-thingsboard-v5", /no such combination/],
    ["huge-plain", /huge-plain: no such kernel\n/],
  ] as const) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => findKernel(name),
        (error) => error instanceof NoSuchTarget && message.test(error.message),
      );
    });
  }
});
