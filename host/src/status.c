#include "status.h"

const char *host_status_name(int status)
{
    switch (status) {
#define X(name, value) \
    case (value):      \
        return #name;
        HOST_STATUS_LIST(X)
#undef X
    default:
        return status > 0 ? "OK" : "UNKNOWN";
    }
}
