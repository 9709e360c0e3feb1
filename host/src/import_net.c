#include "guest_memory.h"
#include "import.h"

enum { HOST_NAME_MAX_BYTES = 253, PORT_MAX = 65535 }; /* RFC 1035, 2.3.4, as text without the root's dot */

const char *import_net_open(engine_call_t *call)
{
    const platform_net_t *net = &import_platform(call)->net;
    int32_t host_len = guest_i32(call, 1);
    int32_t port = guest_i32(call, 2);
    int32_t flags = guest_i32(call, 3);
    if (host_len < 1 || host_len > HOST_NAME_MAX_BYTES || port < 1 || port > PORT_MAX || (flags & ~PLATFORM_NET_TLS) != 0) {
        return guest_return(call, HOST_INVALID);
    }
    const char *host = (const char *)guest_memory_at(call, 0);
    return guest_return(call, net->open(net->ctx, host, (size_t)host_len, (uint16_t)port, flags));
}

const char *import_net_state(engine_call_t *call)
{
    const platform_net_t *net = &import_platform(call)->net;
    int32_t socket = guest_i32(call, 0);
    return guest_return(call, socket < 0 ? HOST_INVALID : net->state(net->ctx, socket));
}

const char *import_net_send(engine_call_t *call)
{
    const platform_net_t *net = &import_platform(call)->net;
    int32_t socket = guest_i32(call, 0);
    int32_t len = guest_i32(call, 2);
    if (socket < 0) {
        return guest_return(call, HOST_INVALID);
    }
    return guest_return(call, len == 0 ? 0 : net->send(net->ctx, socket, guest_memory_at(call, 1), (size_t)len));
}

const char *import_net_recv(engine_call_t *call)
{
    const platform_net_t *net = &import_platform(call)->net;
    int32_t socket = guest_i32(call, 0);
    int32_t cap = guest_i32(call, 2);
    if (socket < 0) {
        return guest_return(call, HOST_INVALID);
    }
    return guest_return(call, cap == 0 ? 0 : net->recv(net->ctx, socket, guest_memory_at(call, 1), (size_t)cap));
}

const char *import_net_close(engine_call_t *call)
{
    const platform_net_t *net = &import_platform(call)->net;
    int32_t socket = guest_i32(call, 0);
    return guest_return(call, socket < 0 ? HOST_INVALID : net->close(net->ctx, socket));
}
