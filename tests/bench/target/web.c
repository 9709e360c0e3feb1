#include "web.h"

#include <string.h>

#include "modules.h"
#include "network.h"

void web_turn(void)
{
    static const uint8_t end[] = { '\r', '\n', '\r', '\n' };
    network_queue_t *request = network_sent(NETWORK_WEB);
    if (request->len < sizeof end || memcmp(request->bytes + request->len - sizeof end, end, sizeof end) != 0) {
        return;
    }
    request->len = 0;
    network_answer(NETWORK_WEB, MODULE(web));
}
