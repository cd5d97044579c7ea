//! The Rust client for Perennial's Projects API: what an app embeds to sell plans and to let its
//! users manage them.
//!
//! The pages on which people choose, pay and cancel are hosted by the server. An app does four
//! things: it lists plans, finds its user, opens a *connect session* and sends the browser to the
//! session's URL, and it reads what came of it when the browser returns.
//!
//! ```no_run
//! use perennial_client::{Client, Intent, NewConnectSession, SessionUser, UserDetails};
//! use perennial_client::{PlanFilter, CheckoutNewSubscription};
//!
//! # async fn sell(api_key: String) -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new("http://127.0.0.1:8080", "demo", api_key)?;
//!
//! let plans = client.plans().list(&PlanFilter::default()).await?;
//! let plan = plans.items.first().ok_or("nothing is on sale")?;
//!
//! // A user whom the project knows is named by id; a stranger is described.
//! let email = "ada@shop.example";
//! let user = match client.users().search_by_email(email).await? {
//!     Some(user) => SessionUser::Existing(user.id),
//!     None => SessionUser::New(UserDetails::new(email)),
//! };
//!
//! let purchase = CheckoutNewSubscription::of(plan.id.clone());
//! let session = NewConnectSession::new(Intent::CheckoutNewSubscription(purchase))
//!     .user(user)
//!     .callback_url("https://shop.example/phone-plans".parse()?);
//! let session = client.connect_sessions().create(&session).await?;
//! let entry = session.url.ok_or("a new session always has its URL")?;
//! // Answer the browser with `303 See Other` to `entry.as_str()`.
//! # Ok(())
//! # }
//! ```
//!
//! What this client takes care of:
//!
//! - **Tries again** when no answer came, and on 429 and 503, with growing pauses ([`RetryPolicy`]).
//!   Whatever creates or deletes carries one `Idempotency-Key` through all tries, so a lost answer
//!   never creates twice. Give a key of your own with [`Creation::idempotency_key`] when the call
//!   should also be safe to repeat after your process restarted.
//! - **Stays compatible**: unknown response properties are ignored, and an enum value that is newer
//!   than this client arrives as `Unknown`.
//! - **Keeps secrets**: neither the API key nor a session's URL appears in `Debug` output or logs.

mod client;
mod creation;
mod error;
mod ids;
mod open_enum;
mod page;
mod request;
mod resources;
mod retry;
mod scalars;
mod secret;

pub use client::{BuildError, Client, ClientBuilder};
pub use creation::Creation;
pub use error::{ApiError, Error, ErrorKind, PropertyError};
pub use ids::{
    AddonId, AddressId, ConnectSessionId, DeviceId, InvalidId, PaymentId, PlanId, PortingId, SimId,
    SubscriptionAddonId, SubscriptionChangeId, SubscriptionId, UserId,
};
pub use page::{Cursor, Page, Paging};
pub use resources::*;
pub use retry::RetryPolicy;
pub use scalars::{Allowances, Coverage, Metadata, MetadataChanges, Period, Price, TimeUnit};
pub use secret::{ApiKey, EntryUrl};
