// Written by sdk/typescript/scripts/generate.mjs; `npm run generate` there writes it anew.

export interface paths {
    "/projects/{project}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the project */
        get: operations["getProject"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List plans */
        get: operations["listPlans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/plans/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Find plans, also for a device */
        post: operations["searchPlans"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/plans/{plan}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a plan */
        get: operations["getPlan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/addons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List add-ons */
        get: operations["listAddons"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/addons/{addon}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an add-on */
        get: operations["getAddon"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List users */
        get: operations["listUsers"];
        put?: never;
        /** Create a user */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/users/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Find a user by e-mail in the query */
        get: operations["searchUsersByQuery"];
        put?: never;
        /** Find a user by e-mail */
        post: operations["searchUsers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/users/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a user */
        get: operations["getUser"];
        put?: never;
        post?: never;
        /** Delete a user and end their subscriptions */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        /** Change a user */
        patch: operations["updateUser"];
        trace?: never;
    };
    "/projects/{project}/users/{user}/addresses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List a user's addresses */
        get: operations["listUserAddresses"];
        put?: never;
        /** Add an address */
        post: operations["createUserAddress"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/users/{user}/addresses/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an address */
        get: operations["getUserAddress"];
        put?: never;
        post?: never;
        /** Remove an address */
        delete: operations["deleteUserAddress"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List subscriptions */
        get: operations["listSubscriptions"];
        put?: never;
        /** Begin a subscription */
        post: operations["createSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/subscriptions/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Find subscriptions */
        post: operations["searchSubscriptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/subscriptions/{subscription}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a subscription */
        get: operations["getSubscription"];
        put?: never;
        post?: never;
        /**
         * End a subscription now
         * @description The older spelling of `end`.
         */
        delete: operations["deleteSubscription"];
        options?: never;
        head?: never;
        /** Change a subscription */
        patch: operations["updateSubscription"];
        trace?: never;
    };
    "/projects/{project}/subscriptions/{subscription}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a subscription */
        post: operations["cancelSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/subscriptions/{subscription}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a cancellation back */
        post: operations["resumeSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/subscriptions/{subscription}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a subscription now */
        post: operations["endSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/subscriptionAddons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List bought add-ons */
        get: operations["listSubscriptionAddons"];
        put?: never;
        /** Buy an add-on */
        post: operations["createSubscriptionAddon"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/subscriptionAddons/{subscriptionAddon}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a bought add-on */
        get: operations["getSubscriptionAddon"];
        put?: never;
        post?: never;
        /** End a bought add-on now */
        delete: operations["endSubscriptionAddon"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/subscriptionChanges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List changes of plan */
        get: operations["listSubscriptionChanges"];
        put?: never;
        /** Change a plan */
        post: operations["createSubscriptionChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/subscriptionChanges/{subscriptionChange}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a change of plan */
        get: operations["getSubscriptionChange"];
        put?: never;
        post?: never;
        /** Take a change of plan back */
        delete: operations["deleteSubscriptionChange"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/sims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List SIMs */
        get: operations["listSims"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/sims/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Find a SIM by ICCID */
        post: operations["searchSims"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/sims/{sim}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a SIM */
        get: operations["getSim"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change a SIM */
        patch: operations["updateSim"];
        trace?: never;
    };
    "/projects/{project}/sims/{sim}/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get what installs an eSIM */
        get: operations["getSimCredentials"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/sims/{sim}/eSimProfile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get what became of an eSIM */
        get: operations["getESimProfile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deviceModels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List device models */
        get: operations["listDeviceModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deviceModels/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Find a device's model by IMEI */
        post: operations["searchDeviceModels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deviceModels/{deviceModel}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a device model */
        get: operations["getDeviceModel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deviceModelBrands": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List makers of devices */
        get: operations["listDeviceModelBrands"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List devices */
        get: operations["listDevices"];
        put?: never;
        /** Record a device */
        post: operations["createDevice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/devices/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Find a device by IMEI */
        post: operations["searchDevices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/devices/{device}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a device */
        get: operations["getDevice"];
        put?: never;
        post?: never;
        /** Remove a device */
        delete: operations["deleteDevice"];
        options?: never;
        head?: never;
        /** Change a device */
        patch: operations["updateDevice"];
        trace?: never;
    };
    "/projects/{project}/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List orders */
        get: operations["listOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/orders/{order}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an order */
        get: operations["getOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List payments */
        get: operations["listPayments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/payments/{payment}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a payment */
        get: operations["getPayment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/paymentMethods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List payment methods */
        get: operations["listPaymentMethods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/paymentMethods/{paymentMethod}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a payment method */
        get: operations["getPaymentMethod"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/connectSessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask for a visit */
        post: operations["createConnectSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/connectSessions/{connectSession}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a connect session */
        get: operations["getConnectSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change a connect session */
        patch: operations["updateConnectSession"];
        trace?: never;
    };
    "/projects/{project}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List events
         * @description An extension. The newest come first; pass the newest event you know as `before` to catch up.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/events/{event}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an event
         * @description An extension.
         */
        get: operations["getEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/webhookEndpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List receivers of webhooks
         * @description An extension.
         */
        get: operations["listWebhookEndpoints"];
        put?: never;
        /**
         * Add a receiver of webhooks
         * @description An extension.
         */
        post: operations["createWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/webhookEndpoints/{webhookEndpoint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a receiver of webhooks
         * @description An extension.
         */
        get: operations["getWebhookEndpoint"];
        put?: never;
        post?: never;
        /**
         * Take a receiver of webhooks away
         * @description An extension. What waits for it is not sent.
         */
        delete: operations["deleteWebhookEndpoint"];
        options?: never;
        head?: never;
        /**
         * Change a receiver of webhooks
         * @description An extension.
         */
        patch: operations["updateWebhookEndpoint"];
        trace?: never;
    };
    "/projects/{project}/webhookEndpoints/{webhookEndpoint}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was sent
         * @description An extension. Known for thirty days.
         */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/webhookEndpoints/{webhookEndpoint}/rotateSecret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace the secret
         * @description An extension.
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/webhookEndpoints/{webhookEndpoint}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send once more
         * @description An extension.
         */
        post: operations["replayWebhooks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/webhookEndpoints/{webhookEndpoint}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try the receiver
         * @description An extension. Sends `com.gigs.webhook.test`, once, whether it is enabled or not.
         */
        post: operations["testWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A merchant. */
        Project: {
            /** @enum {string} */
            type: "live" | "test";
            /** @constant */
            object: "project";
            /** @description The name that paths carry. */
            id: string;
            name: string;
            /** @description An absolute URL. */
            image: string | null;
            /** @description Language tags, the default first. */
            locales: string[];
            /** @enum {string} */
            subscriptionOwner: "user" | "company";
            support: components["schemas"]["ProjectSupport"] | null;
            /** Format: date-time */
            createdAt: string;
        };
        /** @description Where users find help. */
        ProjectSupport: {
            email: string | null;
            phoneNumber: string | null;
        };
        /** @description What everybody sees of an error. */
        Error: {
            /** @description The class of the error. */
            type: string;
            /** @constant */
            object: "error";
            /** @description For people. */
            message: string;
            /** @description For machines. More may be added; tolerate those you do not know. */
            code?: string | null;
            /** @description How to mend it. */
            hint?: string | null;
            /** @description The properties that are wrong. */
            details: components["schemas"]["PropertyErrorDetail"][];
        };
        /** @description One property that is wrong. */
        PropertyErrorDetail: {
            /** @constant */
            object: "propertyErrorDetail";
            /** @description What is wrong with it. */
            code: string;
            /** @description For people. */
            message: string;
            /** @description Its path in the body, or its name in the query. */
            property: string;
            /** @description What it could be instead. */
            suggestion?: string | null;
        };
        /** @description A part of a list, newest first. */
        PlanList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["Plan"][];
            /** @description Pass it as `after` for the next part; null at the end. */
            moreItemsAfter?: string | null;
            /** @description Pass it as `before` for the part before this one; null at the beginning. */
            moreItemsBefore?: string | null;
        };
        /** @description What customers subscribe to. */
        Plan: {
            description: string | null;
            /** @constant */
            object: "plan";
            /** @description A `pln_…` id. */
            id: string;
            metadata: {
                [key: string]: string;
            };
            name: string;
            /** @description An absolute URL. */
            image: string | null;
            allowances: components["schemas"]["Allowances"];
            /**
             * Format: int64
             * @deprecated
             */
            data: number;
            /** @deprecated */
            dataUnit: string;
            /**
             * Format: int64
             * @deprecated
             */
            voice: number;
            /** @deprecated */
            voiceUnit: string;
            /**
             * Format: int64
             * @deprecated
             */
            sms: number;
            /** @deprecated */
            smsUnit: string;
            limits: components["schemas"]["PlanLimits"];
            coverage: components["schemas"]["Coverage"];
            /** @description Per period. */
            price: components["schemas"]["Price"];
            /** @description Whose network, as an opaque word. */
            provider: string;
            requirements: components["schemas"]["PlanRequirements"];
            simTypes: string[];
            /** @enum {string} */
            status: "draft" | "pending" | "available" | "archived";
            validity: components["schemas"]["PlanValidity"];
            /** @enum {string} */
            activationTrigger: "creation" | "usageStarted";
            /** @enum {string} */
            firstPeriodTrigger: "creation" | "activation";
            /** Format: date-time */
            createdAt: string;
        };
        /** @description What a period includes; null is unlimited, zero is none. */
        Allowances: {
            /** Format: uint64 */
            dataBytes: number | null;
            /** Format: uint64 */
            voiceSeconds: number | null;
            /** Format: uint64 */
            smsMessages: number | null;
        };
        /** @description What happens when much is used. */
        PlanLimits: {
            /** Format: uint64 */
            dataBytes: number | null;
            /** Format: uint64 */
            bandwidthBitsPerSecond: number | null;
            throttling: components["schemas"]["PlanThrottling"] | null;
        };
        /** @description Slower after so much. */
        PlanThrottling: {
            /** Format: uint64 */
            thresholdBytes: number;
            /** Format: uint64 */
            bandwidthBitsPerSecond: number;
        };
        /** @description Where a plan or an add-on works. */
        Coverage: {
            /** @constant */
            object: "coverage";
            id: string;
            name: string;
            /** @description ISO 3166-1 alpha-2. */
            countries: string[];
        };
        /** @description An amount in minor units. */
        Price: {
            /**
             * Format: int64
             * @description Minor units: cents of a euro, whole yen.
             */
            amount: number;
            /** @description ISO 4217. */
            currency: string;
        };
        /** @description What must be known before a subscription starts. The dots are part of the names. */
        PlanRequirements: {
            /** @enum {string} */
            address: "none" | "present" | "verified";
            /** @enum {string} */
            device: "none" | "present";
            /** @enum {string} */
            "user.birthday": "none" | "present" | "verified";
            /** @enum {string} */
            "user.fullName": "none" | "present" | "verified";
        };
        /** @description How long a period is, and whether another one follows. */
        PlanValidity: {
            /** @enum {string} */
            type: "recurring" | "oneTime";
            /** @enum {string} */
            unit: "day" | "month";
            /** Format: uint32 */
            value: number;
            /** Format: uint32 */
            minimumPeriods: number;
        };
        /** @description Plans to look for, by at least one property. */
        PlanSearch: {
            compatibleWith?: components["schemas"]["CompatibleWith"] | null;
            /** @description Of this network. */
            provider?: string | null;
            /** @description That work with this SIM. */
            simType?: string | null;
            /** @description In one of these states; `available` unless given. */
            status?: string[] | null;
        };
        /** @description A device, by exactly one of these. */
        CompatibleWith: {
            /** @description Fifteen digits. Every plan may suit a device of a model that is not known. */
            imei?: string | null;
            /** @description A `dmd_…` id. */
            deviceModel?: string | null;
        };
        /** @enum {string} */
        RecurrenceType: "oneTime" | "recurring";
        /** @description A part of a list, newest first. */
        AddonList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["Addon"][];
            /** @description Pass it as `after` for the next part; null at the end. */
            moreItemsAfter?: string | null;
            /** @description Pass it as `before` for the part before this one; null at the beginning. */
            moreItemsBefore?: string | null;
        };
        /** @description What customers buy on top of a subscription. */
        Addon: {
            description: string | null;
            /** @enum {string} */
            type: "topUp" | "other";
            /** @constant */
            object: "addon";
            /** @description A `add_…` id. */
            id: string;
            metadata: {
                [key: string]: string;
            };
            name: string;
            status: components["schemas"]["AddonStatus"];
            price: components["schemas"]["Price"];
            allowances: components["schemas"]["Allowances"];
            /**
             * Format: int64
             * @deprecated
             */
            data: number;
            /** @deprecated */
            dataUnit: string;
            /**
             * Format: int64
             * @deprecated
             */
            voice: number;
            /** @deprecated */
            voiceUnit: string;
            /**
             * Format: int64
             * @deprecated
             */
            sms: number;
            /** @deprecated */
            smsUnit: string;
            /** @description Whose network, as an opaque word. */
            provider: string;
            /** @description The plans that it fits. */
            plans: string[];
            recurrenceType: components["schemas"]["RecurrenceType"];
            /** @description How long it lasts; null for as long as the subscription's period. */
            validity: components["schemas"]["AddonValidity"] | null;
            /** @description Where it works; null where the plan does. */
            coverage: components["schemas"]["Coverage"] | null;
            /** @enum {string} */
            activationTrigger: "creation" | "networkLatch" | "usageStarted";
            /** Format: date-time */
            createdAt: string;
        };
        /** @enum {string} */
        AddonStatus: "draft" | "available" | "archived";
        /** @description How long an add-on lasts. */
        AddonValidity: {
            /** @enum {string} */
            unit: "day" | "month";
            /** Format: uint32 */
            value: number;
        };
        /** @description A part of a list, newest first. */
        UserList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["User"][];
            /** @description Pass it as `after` for the next part; null at the end. */
            moreItemsAfter?: string | null;
            /** @description Pass it as `before` for the part before this one; null at the beginning. */
            moreItemsBefore?: string | null;
        };
        /** @description Who pays. */
        User: {
            /** @constant */
            object: "user";
            /** @description A `usr_…` id. */
            id: string;
            metadata: {
                [key: string]: string;
            };
            /** @description Unique in the project, without regard to case. Empty once the user is deleted. */
            email: string;
            emailVerified: boolean;
            fullName: string | null;
            /** Format: date */
            birthday: string | null;
            /** @description A language tag. */
            preferredLocale: string;
            /** @enum {string} */
            status: "active" | "blocked" | "deleted";
            /** Format: date-time */
            createdAt: string;
        };
        /** @description A user to be made. */
        UserCreate: {
            email: string;
            fullName?: string | null;
            /** Format: date */
            birthday?: string | null;
            preferredLocale?: string | null;
            metadata?: {
                [key: string]: string | null;
            };
        };
        /** @description Whom to look for. */
        UserSearch: {
            email: string;
        };
        /** @description A change to a user. What is absent stays; null clears. */
        UserUpdate: {
            /** @default null */
            email: string;
            fullName?: string | null;
            /** Format: date */
            birthday?: string | null;
            /** @default null */
            preferredLocale: string;
            metadata?: {
                [key: string]: string | null;
            };
        };
        /** @description A part of a list, newest first. */
        UserAddressList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["UserAddress"][];
            /** @description Pass it as `after` for the next part; null at the end. */
            moreItemsAfter?: string | null;
            /** @description Pass it as `before` for the part before this one; null at the beginning. */
            moreItemsBefore?: string | null;
        };
        /** @description Where a user lives. */
        UserAddress: {
            /** @constant */
            object: "userAddress";
            /** @description A `adr_…` id. */
            id: string;
            /** @description A `usr_…` id. */
            user: string;
            line1: string;
            line2: string | null;
            city: string;
            state: string | null;
            postalCode: string | null;
            /** @description ISO 3166-1 alpha-2. */
            country: string;
            /** Format: date-time */
            createdAt: string;
        };
        /** @description An address to be added. */
        UserAddressCreate: {
            line1: string;
            line2?: string | null;
            city: string;
            /** @description Needed in the US and Canada. */
            state?: string | null;
            /** @description Needed where the country uses one. */
            postalCode?: string | null;
            /** @description ISO 3166-1 alpha-2. */
            country: string;
        };
        /** @description A part of a list, newest first. */
        SubscriptionList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["Subscription"][];
            /** @description Pass it as `after` for the next part; null at the end. */
            moreItemsAfter?: string | null;
            /** @description Pass it as `before` for the part before this one; null at the beginning. */
            moreItemsBefore?: string | null;
        };
        /** @description A user's right to a plan, with the plan, the user and the SIM in full. */
        Subscription: {
            /** @constant */
            object: "subscription";
            /** @description A `sub_…` id. */
            id: string;
            metadata: {
                [key: string]: string;
            };
            status: components["schemas"]["SubscriptionStatus"];
            plan: components["schemas"]["Plan"];
            user: components["schemas"]["User"];
            /** @description Null until an automatic eSIM is assigned. */
            sim: components["schemas"]["Sim"] | null;
            /** @description E.164. */
            phoneNumber: string | null;
            /**
             * @description Null unless the subscription is active or restricted. As long as its renewal is not paid it is the period that was
             *      paid last, whose end is over then.
             */
            currentPeriod: components["schemas"]["Period"] | null;
            /** @description The current porting. */
            porting: components["schemas"]["Porting"] | null;
            /** @description The latest porting. */
            lastPorting: components["schemas"]["Porting"] | null;
            /** Format: date-time */
            activatedAt: string | null;
            /** Format: date-time */
            firstUsageAt: string | null;
            /** Format: date-time */
            canceledAt: string | null;
            /**
             * Format: date-time
             * @description In the future once canceled, in the past once ended.
             */
            endedAt: string | null;
            /** Format: date-time */
            earliestEndAt: string | null;
            cancellationDetails: components["schemas"]["CancellationDetails"] | null;
            /** Format: date-time */
            restrictedAt: string | null;
            restrictionDetails: components["schemas"]["RestrictionDetails"] | null;
            /** @description Null: the project uses payments, not billing. */
            billing: components["schemas"]["SubscriptionBilling"] | null;
            /** @description A `adr_…` id. */
            userAddress: string | null;
            /** Format: date-time */
            createdAt: string;
        };
        /** @description Where a subscription is in its life, in the words of this door. */
        SubscriptionStatus: ("pending" | "active" | "restricted" | "ended") | "initiated";
        /** @description A SIM, on plastic or embedded. */
        Sim: {
            /** @enum {string} */
            type: "eSIM" | "pSIM";
            /** @constant */
            object: "sim";
            /** @description A `sim_…` id. */
            id: string;
            metadata: {
                [key: string]: string;
            };
            iccid: string;
            provider: string;
            /** @enum {string} */
            status: "inactive" | "active" | "retired";
            /** Format: date-time */
            createdAt: string;
        };
        /** @description One period of a subscription or an add-on. */
        Period: {
            /**
             * Format: uint32
             * @description Counted from one.
             */
            number: number;
            /** Format: date-time */
            start: string;
            /**
             * Format: date-time
             * @description Null where it never ends.
             */
            end: string | null;
        };
        /** @description A number on its way from another network. */
        Porting: {
            /** @constant */
            object: "porting";
            /** @description A `prt_…` id. */
            id: string;
            /** @description A `usr_…` id. */
            user: string;
            /** @description A `sub_…` id. */
            subscription: string | null;
            /** @description E.164. */
            phoneNumber: string;
            /** @description The network that it goes to. */
            provider: string;
            /** @enum {string} */
            status: "draft" | "pending" | "informationRequired" | "requested" | "declined" | "completed" | "canceled" | "expired";
            accountNumber: string | null;
            accountPinExists: boolean;
            billingPinExists: boolean;
            firstName: string | null;
            lastName: string | null;
            /** Format: date */
            birthday: string | null;
            /** @description What the networks need to know and do not know yet. */
            required: string[];
            /** Format: uint32 */
            declinedAttempts: number;
            declinedCode: string | null;
            declinedMessage: string | null;
            /** Format: date-time */
            completedAt: string | null;
            /** Format: date-time */
            canceledAt: string | null;
            /** Format: date-time */
            expiredAt: string | null;
            /** Format: date-time */
            createdAt: string;
        };
        /** @description Why it ends. */
        CancellationDetails: {
            /** @enum {string} */
            cause: "cancellationRequested" | "paymentFailed" | "paymentDisputed" | "phoneNumberPortedOut" | "subscriptionEnded" | "userDeleted";
            userReason: string | null;
            userComment: string | null;
        };
        /** @description Why it is restricted. */
        RestrictionDetails: {
            /** @description Null: nothing of it may be used. */
            restrictBehavior: string | null;
            /**
             * @description Periods go on from where they were.
             * @constant
             */
            restoreBehavior: "keepPeriodAnchor";
            /** @constant */
            cause: "invoiceOverdue";
        };
        /** @description How it is billed, where a project bills. None does yet. */
        SubscriptionBilling: Record<string, never>;
        /** @description A subscription to begin. */
        SubscriptionCreate: {
            /** @description A `pln_…` id. */
            plan: string;
            /** @description A `usr_…` id. */
            user: string;
            /**
             * @description A SIM's id, `auto`, `preferLastUsed`, or on the network `test` a placeholder such as `sim_test_esim`.
             * @default auto
             */
            sim: string;
            /** @description A `dev_…` id. */
            device?: string | null;
            /** @description Of a device whose IMEI is not known. */
            deviceModel?: string | null;
            /** @description Needed when the plan requires an address and the user has none. */
            userAddress?: string | null;
            /** @description A draft: the number to bring along. */
            porting?: string | null;
            metadata?: {
                [key: string]: string | null;
            };
            /** @description Not offered: it is the Billing API's. Sent, it is answered with `notImplemented`. */
            billing?: {
                [key: string]: string;
            } | null;
        };
        /** @description Subscriptions to look for, by at least one property. */
        SubscriptionSearch: {
            /** @description E.164. */
            phoneNumber?: string | null;
            /** @description A `usr_…` id. */
            user?: string | null;
            /** @description A `pln_…` id. */
            plan?: string | null;
            /** @description A `sim_…` id. */
            sim?: string | null;
            /** @description In one of these states; all but `ended` unless given. */
            status?: components["schemas"]["SubscriptionStatus"][] | null;
        };
        /** @description A change to a subscription. What is absent stays. */
        SubscriptionUpdate: {
            metadata?: {
                [key: string]: string | null;
            };
            /**
             * @description Another address of the user. It can be changed while the subscription is active, and never cleared.
             * @default null
             */
            userAddress: string;
        };
        /** @description Why the user goes. */
        SubscriptionCancellation: {
            cancellationDetails?: components["schemas"]["CancellationReason"] | null;
        };
        /** @description The user's own words. */
        CancellationReason: {
            userReason?: string | null;
            /** @description Only with `other`. */
            userComment?: string | null;
        };
        /** @description Nothing: the body may be left out, or be `{}`. */
        Nothing: Record<string, never>;
        /** @description A part of a list, newest first. */
        SubscriptionAddonList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["SubscriptionAddon"][];
            /** @description Pass it as `after` for the next part; null at the end. */
            moreItemsAfter?: string | null;
            /** @description Pass it as `before` for the part before this one; null at the beginning. */
            moreItemsBefore?: string | null;
        };
        /** @description An add-on on a subscription. */
        SubscriptionAddon: {
            /** @constant */
            object: "subscriptionAddon";
            /** @description A `sad_…` id. */
            id: string;
            addon: components["schemas"]["Addon"];
            /** @description A `sub_…` id. */
            subscription: string;
            /** @description A `usr_…` id. */
            user: string;
            status: components["schemas"]["SubscriptionAddonStatus"];
            currentPeriod: components["schemas"]["Period"] | null;
            /** Format: date-time */
            activatedAt: string | null;
            /** Format: date-time */
            canceledAt: string | null;
            /** Format: date-time */
            endedAt: string | null;
            /** Format: date-time */
            createdAt: string;
        };
        /** @description Where a bought add-on is in its life. */
        SubscriptionAddonStatus: ("pending" | "active" | "ended") | "initiated";
        /** @description An add-on to buy. */
        SubscriptionAddonCreate: {
            /** @description A `add_…` id. */
            addon: string;
            /** @description A `sub_…` id. */
            subscription: string;
        };
        /** @description A part of a list, newest first. */
        SubscriptionChangeList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["SubscriptionChange"][];
            /** @description Pass it as `after` for the next part; null at the end. */
            moreItemsAfter?: string | null;
            /** @description Pass it as `before` for the part before this one; null at the beginning. */
            moreItemsBefore?: string | null;
        };
        /** @description A change of a subscription's plan. */
        SubscriptionChange: {
            /** @constant */
            object: "subscriptionChange";
            /** @description A `sch_…` id. */
            id: string;
            /** @description A `sub_…` id. */
            subscription: string | null;
            plan: components["schemas"]["Plan"] | null;
            /** @description Never: this server changes plans alone. */
            sim: null;
            requestedChange: components["schemas"]["RequestedSubscriptionChange"];
            status: string;
            failureCode: string | null;
            /** Format: date-time */
            scheduledAt: string | null;
            /** Format: date-time */
            appliedAt: string | null;
            /** Format: date-time */
            createdAt: string;
        };
        /** @description What was asked for. */
        RequestedSubscriptionChange: {
            /** @description A `pln_…` id. */
            plan: string | null;
            /** @description Never: this server changes plans alone. */
            sim: null;
            when: string;
        };
        /** @description Another plan for a subscription. */
        NewSubscriptionChange: {
            /** @description A `sub_…` id. */
            subscription: string;
            /** @description A `pln_…` id. */
            plan?: string | null;
            /** @description Not offered: this server changes plans alone. Sent, it is answered with `notImplemented`. */
            sim?: string | null;
            /** @description `now` or `renewal`, which is what counts unless it is given. */
            when?: string | null;
        };
        /** @description A part of a list, newest first. */
        SimList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["Sim"][];
            /** @description Pass it as `after` for the next part; null at the end. */
            moreItemsAfter?: string | null;
            /** @description Pass it as `before` for the part before this one; null at the beginning. */
            moreItemsBefore?: string | null;
        };
        /** @description A SIM to look for by its printed number. */
        SimSearch: {
            /**
             * @description One of these; any unless given.
             * @default []
             */
            type: string[];
            iccid: string;
        };
        /** @description A change to a SIM. */
        SimUpdate: {
            metadata?: {
                [key: string]: string | null;
            };
        };
        /** @description How an eSIM gets into a phone; all null for plastic. */
        SimCredentials: {
            /** @constant */
            object: "simCredentials";
            /** @description A `sim_…` id. */
            sim: string;
            /** @description `LPA:1$…`; installs once. */
            activationCode: string | null;
            qrCodeUrl: string | null;
            androidInstallUrl: string | null;
            iosInstallUrl: string | null;
        };
        /** @description What the phone did with an eSIM. */
        ESimProfile: {
            /** @constant */
            object: "eSimProfile";
            /** @description A `sim_…` id. */
            sim: string;
            /** @description `unknown`, as the networks we speak to give no sign. */
            status: string;
            /** Format: date-time */
            updatedAt: string;
        };
        /** @description A part of a list, newest first. */
        DeviceModelList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["DeviceModel"][];
            /** @description Pass it as `after` for the next part; null at the end. */
            moreItemsAfter?: string | null;
            /** @description Pass it as `before` for the part before this one; null at the beginning. */
            moreItemsBefore?: string | null;
        };
        /** @description A model of a device. */
        DeviceModel: {
            /** @enum {string} */
            type: "car" | "iot" | "laptop" | "router" | "smartphone" | "feature-phone" | "smartwatch" | "tablet" | "wearable" | "other";
            /** @constant */
            object: "deviceModel";
            /** @description A `dmd_…` id. */
            id: string;
            brand: string;
            name: string;
            /** @description The SIMs that it takes. */
            simTypes: string[];
        };
        /** @description A device whose model is wanted. */
        DeviceModelSearch: {
            /** @description Fifteen digits. */
            imei: string;
        };
        /** @description A part of a list, newest first. */
        DeviceModelBrandList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["DeviceModelBrand"][];
            /** @description Pass it as `after` for the next part; null at the end. */
            moreItemsAfter?: string | null;
            /** @description Pass it as `before` for the part before this one; null at the beginning. */
            moreItemsBefore?: string | null;
        };
        /** @description A maker of devices. */
        DeviceModelBrand: {
            /** @constant */
            object: "deviceModelBrand";
            /** @description A `dmb_…` id. */
            id: string;
            name: string;
        };
        /** @description A part of a list, newest first. */
        DeviceList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["Device"][];
            /** @description Pass it as `after` for the next part; null at the end. */
            moreItemsAfter?: string | null;
            /** @description Pass it as `before` for the part before this one; null at the beginning. */
            moreItemsBefore?: string | null;
        };
        /** @description A phone, a watch, a router: something that SIMs are in. */
        Device: {
            /** @constant */
            object: "device";
            /** @description A `dev_…` id. */
            id: string;
            metadata: {
                [key: string]: string;
            };
            imei: string | null;
            name: string | null;
            /** @description Null where the IMEI tells none that this server knows. */
            model: components["schemas"]["DeviceModel"] | null;
            sims: components["schemas"]["Sim"][];
            user: components["schemas"]["User"] | null;
            /** Format: date-time */
            createdAt: string;
        };
        /** @description A device to be recorded. */
        DeviceCreate: {
            /** @description Fifteen digits. */
            imei: string;
            name?: string | null;
            /**
             * @description What is in it. A SIM is in one device at a time.
             * @default []
             */
            sims: string[];
            /** @description Whose it is. */
            user?: string | null;
            metadata?: {
                [key: string]: string | null;
            };
        };
        /** @description A device to look for by its number. */
        DeviceSearch: {
            /** @description Fifteen digits. */
            imei: string;
        };
        /** @description A change to a device. What is absent stays; null clears. */
        DeviceUpdate: {
            /** @default null */
            imei: string;
            name?: string | null;
            /**
             * @description All that shall be in it; what is not named is taken out.
             * @default null
             */
            sims: string[];
            /** @description A `usr_…` id. */
            user?: string | null;
            metadata?: {
                [key: string]: string | null;
            };
        };
        /** @description A part of a list, newest first. */
        OrderList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["Order"][];
            /** @description Pass it as `after` for the next part; null at the end. */
            moreItemsAfter?: string | null;
            /** @description Pass it as `before` for the part before this one; null at the beginning. */
            moreItemsBefore?: string | null;
        };
        /** @description What somebody wanted to buy, and how far that has come. */
        Order: {
            /** @constant */
            object: "order";
            /** @description A `ord_…` id. */
            id: string;
            /** @description Null where add-ons are bought for a subscription that is there. */
            plan: components["schemas"]["Plan"] | null;
            addons: components["schemas"]["Addon"][];
            /** @description What is charged first. */
            price: components["schemas"]["Price"];
            /** @description The same before the discount. */
            subtotal: components["schemas"]["Price"];
            discount: components["schemas"]["Price"];
            /** @description Empty: prices include taxes. */
            taxes: string[];
            voucher: components["schemas"]["OrderVoucher"] | null;
            lastPayment: components["schemas"]["Payment"] | null;
            /** @description What it became, or what the add-ons are for. */
            subscription: string | null;
            /** @description What the add-ons became. */
            subscriptionAddons: string[];
            /** @description Null: what was chosen stands on the subscription. */
            subscriptionDetails: null;
            user: components["schemas"]["User"];
            status: components["schemas"]["OrderStatus"];
            /** Format: date-time */
            createdAt: string;
        };
        /** @description The code that was typed. */
        OrderVoucher: {
            /** @constant */
            object: "voucher";
            code: string;
        };
        /** @description Money that moved, or should have. */
        Payment: {
            /** @constant */
            object: "payment";
            /** @description A `pay_…` id. */
            id: string;
            amount: components["schemas"]["Price"];
            /** @enum {string} */
            status: "pending" | "succeeded" | "failed" | "refunded" | "disputed" | "requiresConfirmation" | "requiresPaymentMethod";
            /** @enum {string} */
            reason: "subscriptionCreation" | "subscriptionRenewal" | "other";
            /** @description What it was for. */
            references: components["schemas"]["PaymentReference"][];
            /** @description What was charged last; null where that is not known. */
            method: components["schemas"]["PaymentMethod"] | null;
            user: components["schemas"]["User"];
            /** Format: uint32 */
            failedAttempts: number;
            /** @description Why the last attempt failed. */
            failureCode: string | null;
            failureMessage: string | null;
            /** @description How much of it was given back. */
            refunded: components["schemas"]["Price"];
            /** Format: date-time */
            refundedAt: string | null;
            /** Format: date-time */
            disputeClosedAt: string | null;
            /** @enum {string|null} */
            disputeOutcome: "lost" | "won" | null;
            /**
             * Format: date-time
             * @description When it was last tried.
             */
            attemptedAt: string;
            /** Format: date-time */
            createdAt: string;
        };
        /** @description Something that a payment was for. */
        PaymentReference: {
            /** @enum {string} */
            object: "order" | "subscription";
            id: string;
        };
        /** @description A card that the processor keeps for a user. */
        PaymentMethod: {
            /** @enum {string} */
            type: "card" | "applePay" | "googlePay";
            /** @constant */
            object: "paymentMethod";
            /** @description The processor's name for it. */
            id: string;
            /** @enum {string} */
            brand: "amex" | "diners" | "discover" | "jcb" | "mastercard" | "unionpay" | "visa" | "unknown";
            last4: string;
            /** @constant */
            provider: "stripe";
            /**
             * @description A card that is kept has passed its bank's check.
             * @constant
             */
            status: "available";
            /** @description A `usr_…` id. */
            user: string;
            /** Format: date-time */
            createdAt: string;
        };
        /** @description How far an order has come. */
        OrderStatus: "quoted" | "pending" | "paid" | "completed" | "canceled";
        /** @description A part of a list, newest first. */
        PaymentList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["Payment"][];
            /** @description Pass it as `after` for the next part; null at the end. */
            moreItemsAfter?: string | null;
            /** @description Pass it as `before` for the part before this one; null at the beginning. */
            moreItemsBefore?: string | null;
        };
        /** @description A part of a list, newest first. */
        PaymentMethodList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["PaymentMethod"][];
            /** @description Pass it as `after` for the next part; null at the end. */
            moreItemsAfter?: string | null;
            /** @description Pass it as `before` for the part before this one; null at the beginning. */
            moreItemsBefore?: string | null;
        };
        /** @description What an app asks for. */
        ConnectSessionCreate: {
            intent: components["schemas"]["ConnectSessionIntent"];
            /** @description Where the user goes back to: http, https, or an app's own scheme. */
            callbackUrl?: string | null;
            appearance?: components["schemas"]["ConnectSessionAppearance"] | null;
            /** @description Who comes. With neither this nor `userDetails` they log in on the pages. */
            user?: string | null;
            userDetails?: components["schemas"]["ConnectSessionUserDetails"] | null;
        };
        /** @description What the user comes for. */
        ConnectSessionIntent: {
            /**
             * @description What for. The payload stands beside it, under the same name.
             * @enum {string}
             */
            type: "checkoutNewSubscription" | "checkoutAddon" | "changeSubscription" | "cancelSubscription" | "resumeSubscription" | "viewSubscription" | "viewSubscriptions" | "viewEsimInstallation" | "completePorting" | "confirmPayment" | "updatePaymentMethod" | "updateUserAddress" | "updateUserFullName";
            checkoutNewSubscription?: components["schemas"]["CheckoutNewSubscriptionIntent"] | null;
            checkoutAddon?: components["schemas"]["CheckoutAddonIntent"] | null;
            changeSubscription?: components["schemas"]["SubscriptionIntent"] | null;
            cancelSubscription?: components["schemas"]["SubscriptionIntent"] | null;
            resumeSubscription?: components["schemas"]["SubscriptionIntent"] | null;
            viewSubscription?: components["schemas"]["SubscriptionIntent"] | null;
            viewEsimInstallation?: components["schemas"]["SubscriptionIntent"] | null;
            completePorting?: components["schemas"]["CompletePortingIntent"] | null;
            confirmPayment?: components["schemas"]["ConfirmPaymentIntent"] | null;
        };
        /** @description A plan to buy. */
        CheckoutNewSubscriptionIntent: {
            /** @description A `pln_…` id. */
            plan: string;
            /** @description Without one the user chooses. */
            sim?: string | null;
            /** @description A `dev_…` id. */
            device?: string | null;
            imei?: string | null;
            addons?: string[];
            voucherCode?: string | null;
        };
        /** @description Add-ons to buy. */
        CheckoutAddonIntent: {
            /** @description A `sub_…` id. */
            subscription: string;
            addons: string[];
        };
        /** @description A subscription that it is about. */
        SubscriptionIntent: {
            /** @description A `sub_…` id. */
            subscription: string;
        };
        /** @description A porting to complete. */
        CompletePortingIntent: {
            /** @description A `sub_…` id. */
            subscription: string;
            /**
             * @default {
             *       "hideIntroPage": false,
             *       "hideOutroPage": false
             *     }
             */
            behavior: components["schemas"]["CompletePortingBehavior"];
        };
        /** @description Pages to leave out. */
        CompletePortingBehavior: {
            /** @default false */
            hideIntroPage: boolean;
            /** @default false */
            hideOutroPage: boolean;
        };
        /** @description A payment to confirm. */
        ConfirmPaymentIntent: {
            /** @description A `pay_…` id. */
            payment: string;
        };
        /** @description How the pages look; as the user's device does without a theme. */
        ConnectSessionAppearance: {
            /** @enum {string|null} */
            theme?: "light" | "dark" | null;
        };
        /** @description Somebody who becomes a user when they come. */
        ConnectSessionUserDetails: {
            email: string;
            fullName?: string | null;
            /** Format: date */
            birthday?: string | null;
            preferredLocale?: string | null;
            metadata?: {
                [key: string]: string | null;
            };
        };
        /** @description A visit to the hosted pages. */
        ConnectSession: {
            /** @constant */
            object: "connectSession";
            /** @description A `csn_…` id. */
            id: string;
            appearance: components["schemas"]["ConnectSessionAppearance"];
            callbackUrl: string | null;
            intent: components["schemas"]["ConnectSessionIntent"];
            /** @description Where to send the user, once. Null but in the answer that makes it; as secret as a password. */
            url: string | null;
            /** @description A `usr_…` id. */
            user: string | null;
        };
        /** @description A change to a connect session. The intent stays. */
        ConnectSessionUpdate: {
            /** @default null */
            appearance: components["schemas"]["ConnectSessionAppearance"];
            callbackUrl?: string | null;
            /** @description A `usr_…` id. */
            user?: string | null;
            userDetails?: components["schemas"]["ConnectSessionUserDetails"] | null;
        };
        /** @description A part of a list, newest first. */
        EventList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["Event"][];
            /** @description Pass it as `after` for the next part; null at the end. */
            moreItemsAfter?: string | null;
            /** @description Pass it as `before` for the part before this one; null at the beginning. */
            moreItemsBefore?: string | null;
        };
        /** @description Something that happened, in the shape of `CloudEvents` 1.0. */
        Event: {
            /** @description `com.gigs.`, the kind of resource, and what happened to it. */
            type: string;
            /** @constant */
            object: "event";
            /** @description A `evt_…` id. */
            id: string;
            project: string;
            /** @description Where this API is reached. */
            source: string;
            /** @constant */
            specversion: "1.0";
            version: string;
            /** Format: date-time */
            time: string;
            /** @constant */
            datacontenttype: "application/json";
            /** @description Who did it: a `type`, and the id of the user, the member or the API key. */
            actor?: unknown;
            /** @description The resource after it. */
            data: unknown;
            /** @description Of an update: what was told before of that which changed. */
            previousData?: unknown;
        };
        /** @description A part of a list, newest first. */
        WebhookEndpointList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["WebhookEndpoint"][];
            /** @description Pass it as `after` for the next part; null at the end. */
            moreItemsAfter?: string | null;
            /** @description Pass it as `before` for the part before this one; null at the beginning. */
            moreItemsBefore?: string | null;
        };
        /** @description Somebody who is told what happens. */
        WebhookEndpoint: {
            description: string | null;
            /** @constant */
            object: "webhookEndpoint";
            /** @description A `whe_…` id. */
            id: string;
            url: string;
            /**
             * @description In whose words it is told, and how that is signed.
             * @enum {string}
             */
            flavour: "projects" | "business";
            /** @description Types such as `subscription.created`, families such as `subscription.*`, or `*`. */
            events: string[];
            /** @description Whether anything is sent to it. What happens meanwhile waits for it. */
            enabled: boolean;
            /**
             * @description Why nothing is sent to it: it was asked for, it answered 410, or it failed for days.
             * @enum {string|null}
             */
            disabledReason: "operator" | "gone" | "failing" | null;
            /** Format: date-time */
            disabledAt: string | null;
            /**
             * Format: date-time
             * @description Since when it has taken nothing.
             */
            failingSince: string | null;
            /** Format: date-time */
            createdAt: string;
        };
        /** @description A receiver to be made. */
        WebhookEndpointCreate: {
            description?: string | null;
            /** @description Where it listens: http or https, at a public address. */
            url: string;
            /**
             * @description Types, families such as `subscription.*`, or `*`, which is meant unless given. With or without `com.gigs.`.
             * @default [
             *       "*"
             *     ]
             */
            events: string[];
            /**
             * @description In whose words it is told; `projects` unless given.
             * @default projects
             * @enum {string}
             */
            flavour: "projects" | "business";
        };
        /** @description A receiver and what it is signed for with. */
        WebhookEndpointWithSecret: {
            description: string | null;
            /** @constant */
            object: "webhookEndpoint";
            /** @description A `whe_…` id. */
            id: string;
            url: string;
            /**
             * @description In whose words it is told, and how that is signed.
             * @enum {string}
             */
            flavour: "projects" | "business";
            /** @description Types such as `subscription.created`, families such as `subscription.*`, or `*`. */
            events: string[];
            /** @description Whether anything is sent to it. What happens meanwhile waits for it. */
            enabled: boolean;
            /**
             * @description Why nothing is sent to it: it was asked for, it answered 410, or it failed for days.
             * @enum {string|null}
             */
            disabledReason: "operator" | "gone" | "failing" | null;
            /** Format: date-time */
            disabledAt: string | null;
            /**
             * Format: date-time
             * @description Since when it has taken nothing.
             */
            failingSince: string | null;
            /** Format: date-time */
            createdAt: string;
            /** @description Told here and never again; a lost one is replaced. */
            secret: string;
        };
        /** @description A change to a receiver. What is absent stays. */
        WebhookEndpointUpdate: {
            description?: string | null;
            /** @default null */
            url: string;
            /**
             * @description All that it wants to hear from now on.
             * @default null
             */
            events: string[];
            /**
             * @description Once it is true again, all is sent that has waited, and all that was given up since it began to fail.
             * @default null
             */
            enabled: boolean;
        };
        /** @description A part of a list, newest first. */
        WebhookDeliveryList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["WebhookDelivery"][];
            /** @description Pass it as `after` for the next part; null at the end. */
            moreItemsAfter?: string | null;
            /** @description Pass it as `before` for the part before this one; null at the beginning. */
            moreItemsBefore?: string | null;
        };
        /** @description An event on its way to a receiver. */
        WebhookDelivery: {
            /** @description As the receiver's flavour spells it. */
            type: string;
            /** @constant */
            object: "webhookDelivery";
            /** @description A `whd_…` id. */
            id: string;
            /** @description A `evt_…` id. */
            event: string;
            /** @description A `whe_…` id. */
            webhookEndpoint: string;
            /** @enum {string} */
            state: "waiting" | "delivered" | "failed";
            /**
             * Format: uint32
             * @description How often it was tried.
             */
            attempts: number;
            /** Format: date-time */
            attemptedAt: string | null;
            /**
             * Format: date-time
             * @description When it is tried next; null once it is delivered or given up.
             */
            nextAttemptAt: string | null;
            /**
             * Format: uint16
             * @description The HTTP status of the last answer.
             */
            responseStatus: number | null;
            /** @description The first 4 KiB of the last answer. */
            responseBody: string | null;
            /** @description Why there was no answer. */
            error: string | null;
            /**
             * Format: date-time
             * @description When the event happened.
             */
            createdAt: string;
        };
        /** @description How a secret is replaced. */
        WebhookSecretRotate: {
            /**
             * Format: uint32
             * @description For so long the old secret signs beside the new one, in seconds; a day unless given. With 0 it ends at once.
             */
            overlapSeconds?: number | null;
        };
        /** @description What to send once more, delivered or not; one of these. */
        WebhookReplayCreate: {
            /** @description One event. */
            event?: string | null;
            /**
             * Format: date-time
             * @description All that happened since then: `2031-03-04T05:06:07Z`.
             */
            since?: string | null;
            /**
             * @description All that was given up.
             * @default false
             */
            failed: boolean;
        };
        /** @description How much is sent once more. */
        WebhookReplay: {
            /** @constant */
            object: "webhookReplay";
            /**
             * Format: uint64
             * @description So many deliveries wait to be sent again.
             */
            count: number;
        };
        /** @description What a receiver says to something that did not happen. */
        WebhookTest: {
            /** @constant */
            object: "webhookTest";
            /** @description Whether it would have taken an event. */
            taken: boolean;
            /** Format: uint16 */
            responseStatus: number | null;
            /** @description The first 4 KiB. */
            responseBody: string | null;
            /** @description Why there was no answer. */
            error: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A merchant. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listPlans: {
        parameters: {
            query?: {
                /** @description Of this network. */
                provider?: string;
                /** @description That work with this SIM. */
                simType?: string;
                /** @description In one of these states; `available` unless given. */
                status?: string;
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    searchPlans: {
        parameters: {
            query?: {
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        /** @description Plans to look for, by at least one property. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanSearch"];
            };
        };
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getPlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `pln_…` id. */
                plan: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What customers subscribe to. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listAddons: {
        parameters: {
            query?: {
                /** @description In one of these states; `available` unless given. */
                status?: string;
                /** @description Of this network. */
                provider?: string;
                type?: string;
                recurrenceType?: components["schemas"]["RecurrenceType"] | null;
                /** @description That fit this plan. */
                plan?: string;
                /** @description That work in this country by themselves. */
                coverageCountry?: string;
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddonList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getAddon: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `add_…` id. */
                addon: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What customers buy on top of a subscription. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Addon"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        /** @description A user to be made. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserCreate"];
            };
        };
        responses: {
            /** @description Who pays. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    searchUsersByQuery: {
        parameters: {
            query?: {
                email?: string;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    searchUsers: {
        parameters: {
            query?: {
                email?: string;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        /** @description Whom to look for. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UserSearch"];
            };
        };
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `usr_…` id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who pays. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    deleteUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `usr_…` id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who pays. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    updateUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `usr_…` id. */
                user: string;
            };
            cookie?: never;
        };
        /** @description A change to a user. What is absent stays; null clears. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserUpdate"];
            };
        };
        responses: {
            /** @description Who pays. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listUserAddresses: {
        parameters: {
            query?: {
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `usr_…` id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserAddressList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createUserAddress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `usr_…` id. */
                user: string;
            };
            cookie?: never;
        };
        /** @description An address to be added. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserAddressCreate"];
            };
        };
        responses: {
            /** @description Where a user lives. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserAddress"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getUserAddress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `usr_…` id. */
                user: string;
                /** @description A `adr_…` id. */
                address: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where a user lives. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserAddress"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    deleteUserAddress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `usr_…` id. */
                user: string;
                /** @description A `adr_…` id. */
                address: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where a user lives. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserAddress"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listSubscriptions: {
        parameters: {
            query?: {
                /** @description A `usr_…` id. */
                user?: string;
                /** @description A `pln_…` id. */
                plan?: string;
                /** @description A `sim_…` id. */
                sim?: string;
                /** @description In one of these states; all but `ended` unless given. */
                status?: string;
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscriptionList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        /** @description A subscription to begin. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubscriptionCreate"];
            };
        };
        responses: {
            /** @description A user's right to a plan, with the plan, the user and the SIM in full. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    searchSubscriptions: {
        parameters: {
            query?: {
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        /** @description Subscriptions to look for, by at least one property. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubscriptionSearch"];
            };
        };
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscriptionList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `sub_…` id. */
                subscription: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A user's right to a plan, with the plan, the user and the SIM in full. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    deleteSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `sub_…` id. */
                subscription: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A user's right to a plan, with the plan, the user and the SIM in full. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    updateSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `sub_…` id. */
                subscription: string;
            };
            cookie?: never;
        };
        /** @description A change to a subscription. What is absent stays. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubscriptionUpdate"];
            };
        };
        responses: {
            /** @description A user's right to a plan, with the plan, the user and the SIM in full. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    cancelSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `sub_…` id. */
                subscription: string;
            };
            cookie?: never;
        };
        /** @description Why the user goes. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SubscriptionCancellation"];
            };
        };
        responses: {
            /** @description A user's right to a plan, with the plan, the user and the SIM in full. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    resumeSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `sub_…` id. */
                subscription: string;
            };
            cookie?: never;
        };
        /** @description Nothing: the body may be left out, or be `{}`. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            /** @description A user's right to a plan, with the plan, the user and the SIM in full. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    endSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `sub_…` id. */
                subscription: string;
            };
            cookie?: never;
        };
        /** @description Nothing: the body may be left out, or be `{}`. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            /** @description A user's right to a plan, with the plan, the user and the SIM in full. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listSubscriptionAddons: {
        parameters: {
            query?: {
                /** @description A `add_…` id. */
                addon?: string;
                /** @description A `sub_…` id. */
                subscription?: string;
                /** @description A `usr_…` id. */
                user?: string;
                /** @description In one of these states; all unless given. */
                status?: string;
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscriptionAddonList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createSubscriptionAddon: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        /** @description An add-on to buy. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubscriptionAddonCreate"];
            };
        };
        responses: {
            /** @description An add-on on a subscription. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscriptionAddon"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getSubscriptionAddon: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `sad_…` id. */
                subscriptionAddon: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An add-on on a subscription. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscriptionAddon"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    endSubscriptionAddon: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `sad_…` id. */
                subscriptionAddon: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An add-on on a subscription. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscriptionAddon"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listSubscriptionChanges: {
        parameters: {
            query?: {
                /** @description A `sub_…` id. */
                subscription?: string;
                /** @description A `usr_…` id. */
                user?: string;
                /** @description In one of these states; all unless given. */
                status?: string;
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscriptionChangeList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createSubscriptionChange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        /** @description Another plan for a subscription. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSubscriptionChange"];
            };
        };
        responses: {
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getSubscriptionChange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `sch_…` id. */
                subscriptionChange: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A change of a subscription's plan. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscriptionChange"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    deleteSubscriptionChange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `sch_…` id. */
                subscriptionChange: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A change of a subscription's plan. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscriptionChange"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listSims: {
        parameters: {
            query?: {
                /** @description Of this network. */
                provider?: string;
                /** @description In one of these states; all unless given. */
                status?: string;
                type?: string;
                /** @description Used by this user. */
                user?: string;
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SimList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    searchSims: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        /** @description A SIM to look for by its printed number. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SimSearch"];
            };
        };
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SimList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getSim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `sim_…` id. */
                sim: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A SIM, on plastic or embedded. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sim"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    updateSim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `sim_…` id. */
                sim: string;
            };
            cookie?: never;
        };
        /** @description A change to a SIM. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SimUpdate"];
            };
        };
        responses: {
            /** @description A SIM, on plastic or embedded. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sim"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getSimCredentials: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `sim_…` id. */
                sim: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How an eSIM gets into a phone; all null for plastic. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SimCredentials"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getESimProfile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `sim_…` id. */
                sim: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the phone did with an eSIM. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ESimProfile"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listDeviceModels: {
        parameters: {
            query?: {
                type?: string;
                /** @description The maker's name. */
                brand?: string;
                /** @description That take this SIM. */
                simType?: string;
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceModelList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    searchDeviceModels: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        /** @description A device whose model is wanted. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceModelSearch"];
            };
        };
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceModelList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getDeviceModel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `dmd_…` id. */
                deviceModel: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A model of a device. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceModel"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listDeviceModelBrands: {
        parameters: {
            query?: {
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceModelBrandList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listDevices: {
        parameters: {
            query?: {
                /** @description With this SIM in it. */
                sim?: string;
                /** @description A `usr_…` id. */
                user?: string;
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        /** @description A device to be recorded. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceCreate"];
            };
        };
        responses: {
            /** @description A phone, a watch, a router: something that SIMs are in. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    searchDevices: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        /** @description A device to look for by its number. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceSearch"];
            };
        };
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `dev_…` id. */
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A phone, a watch, a router: something that SIMs are in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    deleteDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `dev_…` id. */
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A phone, a watch, a router: something that SIMs are in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    updateDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `dev_…` id. */
                device: string;
            };
            cookie?: never;
        };
        /** @description A change to a device. What is absent stays; null clears. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceUpdate"];
            };
        };
        responses: {
            /** @description A phone, a watch, a router: something that SIMs are in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listOrders: {
        parameters: {
            query?: {
                /** @description A `usr_…` id. */
                user?: string;
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `ord_…` id. */
                order: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What somebody wanted to buy, and how far that has come. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listPayments: {
        parameters: {
            query?: {
                /** @description A `usr_…` id. */
                user?: string;
                /** @description A `sub_…` id. */
                subscription?: string;
                /** @description In one of these states; all unless given. */
                status?: string;
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getPayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `pay_…` id. */
                payment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Money that moved, or should have. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listPaymentMethods: {
        parameters: {
            query?: {
                /** @description A `usr_…` id. */
                user?: string;
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentMethodList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getPaymentMethod: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                paymentMethod: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A card that the processor keeps for a user. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentMethod"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createConnectSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        /** @description What an app asks for. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectSessionCreate"];
            };
        };
        responses: {
            /** @description A visit to the hosted pages. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectSession"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getConnectSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `csn_…` id. */
                connectSession: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A visit to the hosted pages. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectSession"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    updateConnectSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `csn_…` id. */
                connectSession: string;
            };
            cookie?: never;
        };
        /** @description A change to a connect session. The intent stays. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectSessionUpdate"];
            };
        };
        responses: {
            /** @description A visit to the hosted pages. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectSession"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description Of one of these types, with or without `com.gigs.`. */
                type?: string;
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `evt_…` id. */
                event: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Something that happened, in the shape of `CloudEvents` 1.0. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listWebhookEndpoints: {
        parameters: {
            query?: {
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
            };
            cookie?: never;
        };
        /** @description A receiver to be made. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookEndpointCreate"];
            };
        };
        responses: {
            /** @description A receiver and what it is signed for with. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointWithSecret"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `whe_…` id. */
                webhookEndpoint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Somebody who is told what happens. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    deleteWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `whe_…` id. */
                webhookEndpoint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Somebody who is told what happens. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    updateWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `whe_…` id. */
                webhookEndpoint: string;
            };
            cookie?: never;
        };
        /** @description A change to a receiver. What is absent stays. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookEndpointUpdate"];
            };
        };
        responses: {
            /** @description Somebody who is told what happens. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                state?: "waiting" | "delivered" | "failed";
                /** @description Only items right after the one with this id: older ones. */
                after?: string;
                /** @description Only items right before the one with this id: newer ones. */
                before?: string;
                /** @description How many items at the most; 10 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `whe_…` id. */
                webhookEndpoint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a list, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryList"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `whe_…` id. */
                webhookEndpoint: string;
            };
            cookie?: never;
        };
        /** @description How a secret is replaced. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["WebhookSecretRotate"];
            };
        };
        responses: {
            /** @description A receiver and what it is signed for with. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointWithSecret"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    replayWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `whe_…` id. */
                webhookEndpoint: string;
            };
            cookie?: never;
        };
        /** @description What to send once more, delivered or not; one of these. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookReplayCreate"];
            };
        };
        responses: {
            /** @description How much is sent once more. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookReplay"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    testWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that the key belongs to. */
                project: string;
                /** @description A `whe_…` id. */
                webhookEndpoint: string;
            };
            cookie?: never;
        };
        /** @description Nothing: the body may be left out, or be `{}`. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            /** @description What a receiver says to something that did not happen. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTest"];
                };
            };
            /** @description The request was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}
