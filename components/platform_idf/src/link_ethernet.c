#include "esp_eth.h"
#include "esp_idf_version.h"
#include "esp_log.h"
#include "esp_netif.h"
#include "link_idf.h"
#include "link_shared.h"
#include "sdkconfig.h"
#include "status_idf.h"

#if CONFIG_WASMOTE_ETHERNET_OPENETH
#include "esp_eth_mac_openeth.h"
#endif

static const char *TAG = "ethernet";

static esp_eth_handle_t s_driver;

/* Version 6 keeps one PHY driver, for any of IEEE 802.3. Before it, each MAC brings those that its Kconfig compiles. */
static esp_eth_phy_t *new_phy(const eth_phy_config_t *config)
{
#if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(6, 0, 0)
    return esp_eth_phy_new_generic(config);
#elif CONFIG_WASMOTE_ETHERNET_OPENETH
    return esp_eth_phy_new_dp83848(config); /* the emulated one */
#elif ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(5, 4, 0)
    return esp_eth_phy_new_generic(config);
#else
    return esp_eth_phy_new_lan87xx(config); /* of most boards with an ESP32 */
#endif
}

#if CONFIG_WASMOTE_ETHERNET_OPENETH
static esp_eth_mac_t *new_mac(eth_phy_config_t *phy)
{
    const eth_mac_config_t config = ETH_MAC_DEFAULT_CONFIG();
    phy->reset_gpio_num = -1;
    phy->autonego_timeout_ms = 100; /* the emulated PHY has nobody to negotiate with */
    return esp_eth_mac_new_openeth(&config);
}
#else
static esp_eth_mac_t *new_mac(eth_phy_config_t *phy)
{
    const eth_mac_config_t config = ETH_MAC_DEFAULT_CONFIG();
    const eth_esp32_emac_config_t emac = ETH_ESP32_EMAC_DEFAULT_CONFIG();
    phy->phy_addr = CONFIG_WASMOTE_ETHERNET_PHY_ADDRESS;
    phy->reset_gpio_num = CONFIG_WASMOTE_ETHERNET_PHY_RESET_GPIO;
    return esp_eth_mac_new_esp32(&emac, &config);
}
#endif

static void on_ethernet(void *ctx, esp_event_base_t base, int32_t id, void *data)
{
    (void)ctx, (void)base, (void)data;
    if (id == ETHERNET_EVENT_CONNECTED) {
        ESP_LOGI(TAG, "cable in");
        link_shared_joined();
    } else if (id == ETHERNET_EVENT_DISCONNECTED) {
        ESP_LOGW(TAG, "cable out");
        link_shared_left(false); /* the driver watches the cable by itself */
    }
}

static int install(void)
{
    eth_phy_config_t phy_config = ETH_PHY_DEFAULT_CONFIG();
    esp_eth_mac_t *mac = new_mac(&phy_config);
    esp_eth_phy_t *phy = new_phy(&phy_config);
    if (mac == NULL || phy == NULL) {
        ESP_LOGE(TAG, "no MAC or no PHY");
        return HOST_IO;
    }
    const esp_eth_config_t config = ETH_DEFAULT_CONFIG(mac, phy);
    return status_report(TAG, "driver", esp_eth_driver_install(&config, &s_driver));
}

static int attach(void)
{
    const esp_netif_config_t config = ESP_NETIF_DEFAULT_ETH();
    esp_netif_t *netif = esp_netif_new(&config);
    esp_eth_netif_glue_handle_t glue = netif == NULL ? NULL : esp_eth_new_netif_glue(s_driver);
    if (glue == NULL) {
        return HOST_NO_MEMORY;
    }
    link_shared_name(netif);
    int status = status_report(TAG, "interface", esp_netif_attach(netif, glue));
    if (status >= 0) {
        status = status_report(TAG, "events", esp_event_handler_register(ETH_EVENT, ESP_EVENT_ANY_ID, on_ethernet, NULL));
    }
    if (status >= 0) {
        status = status_report(TAG, "events", esp_event_handler_register(IP_EVENT, IP_EVENT_ETH_GOT_IP, link_shared_on_ip, NULL));
    }
    if (status >= 0) {
        status =
            status_report(TAG, "events", esp_event_handler_register(IP_EVENT, IP_EVENT_ETH_LOST_IP, link_shared_on_ip, NULL));
    }
    return status;
}

static void nothing_to_try(void)
{
}

int link_idf_init(void (*on_up)(void))
{
    int status = link_shared_init(on_up, nothing_to_try);
    if (status >= 0) {
        status = install();
    }
    return status < 0 ? status : attach();
}

int link_idf_start(void *ctx)
{
    (void)ctx;
    if (s_driver == NULL) {
        return HOST_IO;
    }
    link_shared_start();
    const esp_err_t code = esp_eth_start(s_driver);
    return code == ESP_ERR_INVALID_STATE ? HOST_OK : status_report(TAG, "start", code); /* it runs already */
}

int link_idf_stop(void *ctx)
{
    (void)ctx;
    link_shared_stop();
    return s_driver == NULL ? HOST_OK : status_report(TAG, "stop", esp_eth_stop(s_driver));
}

int link_idf_rssi(void *ctx)
{
    (void)ctx;
    return 0;
}
