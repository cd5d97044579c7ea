//! The API's resources, a file each: what can be asked, and what comes back.

mod addons;
mod addresses;
mod connect_sessions;
mod plans;
mod sims;
mod subscription_addons;
mod subscription_changes;
mod subscriptions;
mod users;

pub use addons::{Addon, AddonFilter, AddonStatus, AddonType, AddonValidity, Addons, RecurrenceType};
pub use addresses::{Address, Addresses, NewAddress};
pub use connect_sessions::{
    Appearance, CheckoutAddon, CheckoutNewSubscription, CompletePorting, ConnectSession,
    ConnectSessionUpdate, ConnectSessions, Intent, NewConnectSession, PortingBehavior, SessionUser, Theme,
    UserDetails,
};
pub use plans::{
    ActivationTrigger, Limits, PeriodTrigger, Plan, PlanFilter, PlanStatus, PlanType, Plans, Requirement,
    Requirements, Throttling, Validity,
};
pub use sims::{Sim, SimFilter, SimStatus, SimType, Sims};
pub use subscription_addons::{
    SubscriptionAddon, SubscriptionAddonFilter, SubscriptionAddonStatus, SubscriptionAddons,
};
pub use subscription_changes::{
    ChangeTime, NewSubscriptionChange, RequestedChange, SubscriptionChange, SubscriptionChangeFilter,
    SubscriptionChangeStatus, SubscriptionChanges,
};
pub use subscriptions::{
    CancellationDetails, Porting, PortingStatus, Subscription, SubscriptionFilter, SubscriptionStatus,
    SubscriptionUpdate, Subscriptions,
};
pub use users::{NewUser, User, UserStatus, UserUpdate, Users};
