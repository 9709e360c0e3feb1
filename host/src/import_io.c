#include "guest_memory.h"
#include "import.h"

enum { GPIO_MODE_MAX = 3, PERMILLE = 1000, I2C_ADDRESS_MAX = 0x7F, SENSOR_BYTES = 4 };

static const platform_io_t *import_io(const engine_call_t *call)
{
    return &import_platform(call)->io;
}

const char *import_io_gpio_mode(engine_call_t *call)
{
    int32_t pin = guest_i32(call, 0);
    int32_t mode = guest_i32(call, 1);
    if (pin < 0 || mode < 0 || mode > GPIO_MODE_MAX) {
        return guest_return(call, HOST_INVALID);
    }
    return guest_return(call, import_io(call)->gpio_mode(import_io(call)->ctx, pin, mode));
}

const char *import_io_gpio_write(engine_call_t *call)
{
    int32_t pin = guest_i32(call, 0);
    int32_t level = guest_i32(call, 1);
    if (pin < 0 || level < 0 || level > 1) {
        return guest_return(call, HOST_INVALID);
    }
    return guest_return(call, import_io(call)->gpio_write(import_io(call)->ctx, pin, level));
}

const char *import_io_gpio_read(engine_call_t *call)
{
    int32_t pin = guest_i32(call, 0);
    return guest_return(call, pin < 0 ? HOST_INVALID : import_io(call)->gpio_read(import_io(call)->ctx, pin));
}

const char *import_io_edge_count(engine_call_t *call)
{
    int32_t pin = guest_i32(call, 0);
    return guest_return(call, pin < 0 ? HOST_INVALID : import_io(call)->edge_count(import_io(call)->ctx, pin));
}

const char *import_io_adc_millivolts(engine_call_t *call)
{
    int32_t channel = guest_i32(call, 0);
    return guest_return(call, channel < 0 ? HOST_INVALID : import_io(call)->adc_millivolts(import_io(call)->ctx, channel));
}

const char *import_io_pwm_write(engine_call_t *call)
{
    int32_t pin = guest_i32(call, 0);
    int32_t hertz = guest_i32(call, 1);
    int32_t duty = guest_i32(call, 2);
    if (pin < 0 || hertz < 1 || duty < 0 || duty > PERMILLE) {
        return guest_return(call, HOST_INVALID);
    }
    return guest_return(call, import_io(call)->pwm_write(import_io(call)->ctx, pin, hertz, duty));
}

const char *import_io_i2c_transfer(engine_call_t *call)
{
    int32_t bus = guest_i32(call, 0);
    int32_t address = guest_i32(call, 1);
    if (bus < 0 || address < 0 || address > I2C_ADDRESS_MAX) {
        return guest_return(call, HOST_INVALID);
    }
    const platform_io_t *io = import_io(call);
    return guest_return(call, io->i2c_transfer(io->ctx, bus, address, guest_memory_at(call, 2), (size_t)guest_i32(call, 3),
                                               guest_memory_at(call, 4), (size_t)guest_i32(call, 5)));
}

const char *import_io_spi_transfer(engine_call_t *call)
{
    int32_t bus = guest_i32(call, 0);
    int32_t len = guest_i32(call, 2);
    if (bus < 0 || len != guest_i32(call, 4)) {
        return guest_return(call, HOST_INVALID);
    }
    const platform_io_t *io = import_io(call);
    return guest_return(call, io->spi_transfer(io->ctx, bus, guest_memory_at(call, 1), guest_memory_at(call, 3), (size_t)len));
}

const char *import_io_uart_write(engine_call_t *call)
{
    const platform_io_t *io = import_io(call);
    int32_t port = guest_i32(call, 0);
    if (port < 0) {
        return guest_return(call, HOST_INVALID);
    }
    return guest_return(call, io->uart_write(io->ctx, port, guest_memory_at(call, 1), (size_t)guest_i32(call, 2)));
}

const char *import_io_uart_read(engine_call_t *call)
{
    const platform_io_t *io = import_io(call);
    int32_t port = guest_i32(call, 0);
    if (port < 0) {
        return guest_return(call, HOST_INVALID);
    }
    return guest_return(call, io->uart_read(io->ctx, port, guest_memory_at(call, 1), (size_t)guest_i32(call, 2)));
}

const char *import_io_sensor(engine_call_t *call)
{
    const platform_io_t *io = import_io(call);
    int32_t sensor = guest_i32(call, 0);
    int32_t milli = 0;
    if (sensor < 0 || guest_i32(call, 2) < SENSOR_BYTES) {
        return guest_return(call, HOST_INVALID);
    }
    int status = io->sensor(io->ctx, sensor, &milli);
    if (status >= 0) {
        guest_put_u32(guest_memory_at(call, 1), (uint32_t)milli);
    }
    return guest_return(call, status);
}
