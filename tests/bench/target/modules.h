/*
 * What is embedded: modules, the configuration and what a web server answers (nothing where the cloud has none), each in a section of its own (modules.S).
 */
#ifndef WASMOTE_BENCH_MODULES_H
#define WASMOTE_BENCH_MODULES_H

#include <stddef.h>
#include <stdint.h>

extern const uint8_t module_kernel[], module_kernel_end[];
extern const uint8_t module_reading[], module_reading_end[];
extern const uint8_t module_syscall[], module_syscall_end[];
extern const uint8_t module_codec[], module_codec_end[];
extern const uint8_t module_web[], module_web_end[];
extern const uint8_t module_config[], module_config_end[];

/** Its bytes, and how many: two arguments. */
#define MODULE(name) module_##name, (size_t)(module_##name##_end - module_##name)

#endif
