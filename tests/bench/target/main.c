#include "broker.h"
#include "console.h"
#include "heap.h"
#include "kernel_engine.h"
#include "meter.h"
#include "modules.h"
#include "nor_flash.h"
#include "scenario.h"

enum { WARM_UP_READINGS = 8, READINGS = 64 };

static void report_heap(void)
{
    uint32_t app = 0;
    uint32_t host = 0;
    for (heap_part_t part = 0; part < HEAP_PARTS; part++) {
        app += heap_live(HEAP_APP, part);
        host += heap_live(HEAP_HOST, part);
    }
    console_figure("heap.linearMemory", heap_live(HEAP_KERNEL, HEAP_LINEAR_MEMORY));
    console_figure("heap.compiledCode", heap_live(HEAP_KERNEL, HEAP_COMPILED_CODE));
    console_figure("heap.moduleMetadata", heap_live(HEAP_KERNEL, HEAP_MODULE_METADATA));
    console_figure("heap.interpreterStack", heap_live(HEAP_KERNEL, HEAP_INTERPRETER_STACK));
    console_figure("heap.runtime", heap_live(HEAP_KERNEL, HEAP_RUNTIME) + host);
    console_figure("heap.app", app);
    console_figure("heap.appCompiledCode", heap_live(HEAP_APP, HEAP_COMPILED_CODE));
    console_figure("heap.appLinearMemory", heap_live(HEAP_APP, HEAP_LINEAR_MEMORY));
    console_figure("heap.live", heap_live_total());
    console_figure("heap.peak", heap_peak_total());
}

int main(void)
{
    runtime_t *runtime;
    nor_flash_reset(MODULE(config));
    meter_paint_stack();
    const uint32_t boot = scenario_boot(&runtime);
    const uint32_t stack_of_boot = meter_stack_depth();

    scenario_readings(runtime, WARM_UP_READINGS);
    const uint32_t allocations = heap_allocations();
    const uint32_t touched = kernel_engine_memory_touched();
    meter_paint_stack();
    const uint32_t reading = scenario_readings(runtime, READINGS);
    const uint32_t stack_of_steps = meter_stack_depth();

    report_heap();
    console_figure("steady.allocations", heap_allocations() - allocations);
    console_figure("steady.memoryGrowth", kernel_engine_memory_touched() - touched);
    console_figure("kernel.memoryTouched", touched);
    console_figure("stack.boot", stack_of_boot);
    console_figure("stack.steps", stack_of_steps);
    console_figure("publishBytes", broker_publish_bytes());
    console_figure("instructions.bootToConnect", boot);
    console_figure("instructions.acceptedReading", reading);
    console_figure("instructions.syscallEmpty", scenario_syscall(runtime));
    uint32_t encode;
    uint32_t decode;
    scenario_codec(&encode, &decode);
    console_figure("instructions.encodePublish", encode);
    console_figure("instructions.decodePublish", decode);
    console_text("done", "", 0);
    return 0;
}
