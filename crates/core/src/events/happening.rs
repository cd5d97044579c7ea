//! What can happen, in the words of contracts/projects-api.md §2.17.

/// Declares the happenings, each with its type.
macro_rules! happenings {
    ($(#[doc = $doc:literal] $variant:ident = $text:literal),+ $(,)?) => {
        /// Something that others may want to hear of. The words are those of contracts/projects-api.md §2.17, without its prefix.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Happening {
            $(#[doc = $doc] $variant),+
        }

        impl Happening {
            /// All of them, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The event's type.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }
        }
    };
}

happenings! {
    /// A customer was made.
    UserCreated = "user.created",
    /// A customer was changed.
    UserUpdated = "user.updated",
    /// A customer was deleted.
    UserDeleted = "user.deleted",
    /// A customer may not act any more.
    UserBlocked = "user.blocked",
    /// A customer's address was proved to be theirs.
    UserVerified = "user.verified",
    /// An address was added.
    AddressCreated = "user.address.created",
    /// An address was removed.
    AddressDeleted = "user.address.deleted",
    /// An app asked for a connect session.
    ConnectSessionCreated = "connectSession.created",
    /// A connect session got its customer, or other settings.
    ConnectSessionUpdated = "connectSession.updated",
    /// A subscription was bought.
    SubscriptionCreated = "subscription.created",
    /// The network has it.
    SubscriptionActivated = "subscription.activated",
    /// The next period is paid.
    SubscriptionRenewed = "subscription.renewed",
    /// Its end was decided.
    SubscriptionCanceled = "subscription.canceled",
    /// Its end was taken back.
    SubscriptionResumed = "subscription.resumed",
    /// It is over.
    SubscriptionEnded = "subscription.ended",
    /// It may not be used until its renewal is paid.
    SubscriptionRestricted = "subscription.restricted",
    /// It may be used again.
    SubscriptionRestored = "subscription.restored",
    /// Something else about it changed.
    SubscriptionUpdated = "subscription.updated",
    /// An add-on was bought.
    SubscriptionAddonCreated = "subscriptionAddon.created",
    /// An add-on can be used.
    SubscriptionAddonActivated = "subscriptionAddon.activated",
    /// An add-on goes on for the next period.
    SubscriptionAddonRenewed = "subscriptionAddon.renewed",
    /// An add-on is over.
    SubscriptionAddonEnded = "subscriptionAddon.ended",
    /// Another plan was asked for.
    SubscriptionChangeCreated = "subscriptionChange.created",
    /// The subscription is on the other plan.
    SubscriptionChangeApplied = "subscriptionChange.applied",
    /// The other plan was not paid.
    SubscriptionChangeFailed = "subscriptionChange.failed",
    /// The other plan was taken back.
    SubscriptionChangeDeleted = "subscriptionChange.deleted",
    /// A SIM was given out.
    SimCreated = "sim.created",
    /// A SIM is in use.
    SimActivated = "sim.activated",
    /// A SIM is in use no more.
    SimDeactivated = "sim.deactivated",
    /// What is noted on a SIM was changed.
    SimUpdated = "sim.updated",
    /// A device was recorded.
    DeviceCreated = "device.created",
    /// A device was changed.
    DeviceUpdated = "device.updated",
    /// A device was removed.
    DeviceDeleted = "device.deleted",
    /// A porting was begun.
    PortingCreated = "porting.created",
    /// What is noted on a porting was changed, or a subscription got it.
    PortingUpdated = "porting.updated",
    /// A porting gave way to others.
    PortingCanceled = "porting.canceled",
    /// What an operator decides for a project was changed.
    ProjectUpdated = "project.updated",
    /// Money was asked for and did not come at once.
    PaymentCreated = "payment.created",
    /// Money arrived.
    PaymentSucceeded = "payment.succeeded",
    /// Money did not come; Stripe may try again.
    PaymentFailed = "payment.failed",
    /// The customer's bank wants to ask the customer first.
    PaymentRequiresConfirmation = "payment.requiresConfirmation",
    /// Money did not come, and will not without another card.
    PaymentMethodRequired = "payment.paymentMethodRequired",
    /// The customer's bank took the money back.
    PaymentDisputed = "payment.disputed",
    /// The bank gave it back to the merchant.
    PaymentDisputeWon = "payment.disputeWon",
    /// The customer keeps it.
    PaymentDisputeLost = "payment.disputeLost",
    /// Stripe keeps a card.
    PaymentMethodCreated = "paymentMethod.created",
    /// It has passed its bank's check.
    PaymentMethodConfirmed = "paymentMethod.confirmed",
    /// Stripe keeps a card no more.
    PaymentMethodDeleted = "paymentMethod.deleted",
    /// Money was given back.
    PaymentRefunded = "payment.refunded",
    /// A plan came into the catalogue.
    PlanCreated = "plan.created",
    /// A plan, or its price, was changed.
    PlanUpdated = "plan.updated",
    /// A plan can be bought.
    PlanPublished = "plan.published",
    /// A plan can be bought no more.
    PlanArchived = "plan.archived",
    /// An add-on came into the catalogue.
    AddonCreated = "addon.created",
    /// An add-on, or its price, was changed.
    AddonUpdated = "addon.updated",
    /// An add-on can be bought.
    AddonPublished = "addon.published",
    /// An add-on can be bought no more.
    AddonArchived = "addon.archived",
}

impl Happening {
    /// The kind of its subject: its type without what happened.
    pub fn resource(self) -> &'static str {
        self.as_str().rsplit_once('.').map_or(self.as_str(), |(resource, _)| resource)
    }

    /// Whether it tells what its subject was before.
    pub fn is_update(self) -> bool {
        self.as_str().ends_with(".updated")
    }
}
