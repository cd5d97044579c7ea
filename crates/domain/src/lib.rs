//! The words and rules of subscriptions: ids, money, terms, prices, and the life cycle of a subscription.
//!
//! Nothing here reads a clock, a database or a network, and nothing here knows how a door spells a word on the wire.

mod address;
mod arrears;
mod business;
mod business_settings;
mod callback;
mod cancellation;
mod checkout;
mod checkout_form;
mod connect_session;
mod customer;
mod device;
mod device_model;
mod ids;
mod login;
mod loopback;
mod mail;
mod member;
mod metadata;
mod money;
mod order;
mod organization_settings;
mod payment;
mod payment_method;
mod period_type;
mod product;
mod project;
mod return_url;
mod sim;
mod subscription;
mod subscription_addon;
mod subscription_change;
mod telecom;
mod term;
mod test_sim;
mod text_enum;
mod voucher;
mod webhook;

pub use address::{Address, CountryCode, UnknownCountry};
pub use arrears::{Arrears, ArrearsAccess, ArrearsEnd, ArrearsPolicy, DisputePolicy, MAX_ARREARS_DAYS};
pub use business::{
    AppKind, Business, BusinessApp, BusinessFacts, BusinessToken, Directory, ItemType, PaymentType,
    PurchaseState, TokenGrant,
};
pub use business_settings::{BillingBackend, BusinessSettings, ChangeProration, LiveStateSpelling};
pub use callback::{Callback, CallbackError};
pub use cancellation::{Cancellation, CancellationCause, CancellationRequest, CommentError, UserReason};
pub use checkout::{Checkout, CheckoutState, CheckoutTerms, CheckoutTransitionError};
pub use checkout_form::{CheckoutForm, FormAgreement};
pub use connect_session::{
    Appearance, CardPage, CheckoutStep, ConnectSession, Intent, NewSubscription, NumberChoice, Outcome,
    Progress, Theme, UserDetails,
};
pub use customer::{Customer, CustomerStatus, Email, InvalidEmail};
pub use device::Device;
pub use device_model::{DeviceModel, DeviceModelBrand, DeviceType};
pub use ids::{
    AddressId, ApiKeyId, AppId, BusinessTokenId, CheckoutFormId, CheckoutId, ConnectSessionId, CustomerId,
    DeviceId, DeviceModelBrandId, DeviceModelId, DirectoryId, EventId, Id, InvalidId, LoginCodeId, LoginId,
    LoginTryId, MailId, MemberId, PaymentId, PaymentMethodId, PortingId, PriceId, ProductId, ProjectId,
    SimId, SubscriptionAddonId, SubscriptionChangeId, SubscriptionId, TokenId, WebhookDeliveryId,
    WebhookEndpointId, WebhookSecretId,
};
pub use login::{CodeStanding, Login, LoginCode};
pub use loopback::is_loopback;
pub use mail::{DeclineReason, FirstPaymentFailed, Letter, MailState, QueuedMail, Remedy, RenewalFailed};
pub use member::{Member, MemberRole};
pub use metadata::{Metadata, MetadataError, MetadataPatch};
pub use money::{Currency, Money, MoneyError, UnknownCurrency};
pub use order::{AddonOrder, Goods, Order, OrderLine, PlanChangeOrder, SimChoice, SubscriptionOrder};
pub use organization_settings::{
    AmountUnits, CancelMode, CheckoutUi, OrganizationSettings, PaymentMethods, TokenIssuer,
};
pub use payment::{
    Attempts, ClosedDispute, DisputeOutcome, DisputeStanding, Payment, PaymentFailure, PaymentReason,
    PaymentState,
};
pub use payment_method::{Card, CardBrand, PaymentMethod, PaymentMethodKind};
pub use period_type::PeriodType;
pub use product::{Capability, CapabilityKind, Price, PriceStatus, Product, ProductKind, ProductStatus};
pub use project::{ApiKey, CancellationTime, CarrierName, MailSettings, Project, ProjectSettings};
pub use return_url::{ReturnUrl, ReturnUrlError, host_of};
pub use sim::{Iccid, InvalidIccid, Porting, PortingStatus, Sim, SimStatus, SimType};
pub use subscription::{Subscription, SubscriptionState, TransitionError};
pub use subscription_addon::{AddonState, SubscriptionAddon};
pub use subscription_change::{
    ChangePolicy, ChangeTime, PricedPlan, SubscriptionChange, SubscriptionChangeState,
};
pub use telecom::{
    ActivationTrigger, AddonActivationTrigger, AddonFacts, AddonType, Allowances, Coverage,
    FirstPeriodTrigger, Limits, Need, PlanFacts, Requirements, Throttling, VerifiableNeed,
};
pub use term::{Period, Span, Term, TermOutOfRange, TermUnit};
pub use test_sim::{NamedSim, TestSim};
pub use voucher::{DiscountDuration, Rebate, Renewals, Voucher};
pub use webhook::{
    DeliveryState, DisabledBecause, WebhookAsker, WebhookAudience, WebhookEndpoint, WebhookFlavour,
    is_event_filter, passes_filter,
};
