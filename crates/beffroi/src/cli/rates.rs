//! The rate limits by their traditional names (RA-1). Where a burst is not named, it is the rate itself.

use crate::platform::limits::{Rate, Rates};
use clap::Args;

#[derive(Args, Clone)]
pub(super) struct RateSettings {
    #[arg(long, value_name = "N", env = "RATE_LIMIT_GLOBAL_RPM", global = true, hide = true)]
    rate_limit_global_rpm: Option<u32>,
    #[arg(long, value_name = "N", env = "RATE_LIMIT_GLOBAL_BURST", global = true, hide = true)]
    rate_limit_global_burst: Option<u32>,
    #[arg(long, value_name = "N", env = "RATE_LIMIT_PER_USER_RPM", global = true, hide = true)]
    rate_limit_per_user_rpm: Option<u32>,
    #[arg(long, value_name = "N", env = "RATE_LIMIT_PER_USER_BURST", global = true, hide = true)]
    rate_limit_per_user_burst: Option<u32>,
    #[arg(long, value_name = "N", env = "RATE_LIMIT_PER_IP_RPM", global = true, hide = true)]
    rate_limit_per_ip_rpm: Option<u32>,
    #[arg(long, value_name = "N", env = "RATE_LIMIT_PER_IP_BURST", global = true, hide = true)]
    rate_limit_per_ip_burst: Option<u32>,
    #[arg(long, value_name = "N", env = "RATE_LIMIT_MESSAGES_RPM", global = true, hide = true)]
    rate_limit_messages_rpm: Option<u32>,
    #[arg(long, value_name = "N", env = "RATE_LIMIT_MESSAGES_BURST", global = true, hide = true)]
    rate_limit_messages_burst: Option<u32>,
    #[arg(long, value_name = "N", env = "RATE_LIMIT_LOGIN_PER_5MIN", global = true, hide = true)]
    rate_limit_login_per_5min: Option<u32>,
    #[arg(long, value_name = "N", env = "RATE_LIMIT_LOGIN_BURST", global = true, hide = true)]
    rate_limit_login_burst: Option<u32>,
}

impl RateSettings {
    pub(super) fn over(self, rates: Rates) -> Rates {
        let change = |rate: Rate, requests: Option<u32>, burst: Option<u32>| Rate {
            burst: burst.or(requests).unwrap_or(rate.burst),
            requests: requests.unwrap_or(rate.requests),
            ..rate
        };
        Rates {
            global: change(rates.global, self.rate_limit_global_rpm, self.rate_limit_global_burst),
            per_person: change(rates.per_person, self.rate_limit_per_user_rpm, self.rate_limit_per_user_burst),
            per_address: change(rates.per_address, self.rate_limit_per_ip_rpm, self.rate_limit_per_ip_burst),
            sign_in: change(rates.sign_in, self.rate_limit_login_per_5min, self.rate_limit_login_burst),
            messages: change(rates.messages, self.rate_limit_messages_rpm, self.rate_limit_messages_burst),
        }
    }
}
