/** Makes the cheapest syscall there is, by turns once and twice: the difference is what one costs. */
import { Client, every } from "wasmote";

const client = new Client();
let isTwice: bool = false;

function callKernel(): void {
  client.state;
  if (isTwice) client.state;
  isTwice = !isTwice;
}

export function setup(): void {
  every(1000, callKernel);
}
