/// What a plan will probably bring about, as far as reading can tell.
///
/// Stored with the plan and immutable, but not part of its digest: counts and sizes move while the plan stays the same.
package struct Forecast: Sendable, Hashable, Codable {
    package var environments: [EnvironmentForecast]

    package init(environments: [EnvironmentForecast] = []) { self.environments = environments }

    package func of(_ key: EnvironmentKey) -> EnvironmentForecast? { environments.first { $0.key == key } }
}

package struct EnvironmentForecast: Sendable, Hashable, Codable {
    package var key: EnvironmentKey
    /// What goes, by type, most first.
    package var counts: [TypeCount]
    /// What holds data and goes.
    package var losses: [ForecastLoss]
    /// What will still be there afterwards, and why.
    package var stays: [ForecastStay]
    package var duration: ForecastDuration
    /// With whose power each stack is deleted (P18).
    package var powers: [ForecastPower]
    /// What could not be read and does not block: the forecast is that much weaker.
    package var unread: [String]
    /// What the environment cost in the last month and in this one, newest first, as far as that was known.
    ///
    /// Nil where costs are not read, and in plans of before they were.
    package var costs: [MonthlyCost]?

    package init(
        key: EnvironmentKey,
        counts: [TypeCount] = [],
        losses: [ForecastLoss] = [],
        stays: [ForecastStay] = [],
        duration: ForecastDuration = ForecastDuration(),
        powers: [ForecastPower] = [],
        unread: [String] = [],
        costs: [MonthlyCost]? = nil
    ) {
        self.key = key
        self.counts = counts
        self.losses = losses
        self.stays = stays
        self.duration = duration
        self.powers = powers
        self.unread = unread
        self.costs = costs
    }
}

package struct TypeCount: Sendable, Hashable, Codable {
    package let type: String
    package let count: Int

    package init(type: String, count: Int) {
        self.type = type
        self.count = count
    }
}

/// Something that holds data and goes with its stack.
package struct ForecastLoss: Sendable, Hashable, Codable {
    package let component: ComponentID
    package let type: String
    package let name: String
    /// Nil where it was not read, or the type has no such thing.
    package let content: ResourceContent?

    package init(component: ComponentID, type: String, name: String, content: ResourceContent?) {
        self.component = component
        self.type = type
        self.name = name
        self.content = content
    }
}

package struct ForecastStay: Sendable, Hashable, Codable {
    package enum Reason: String, Sendable, Codable, CaseIterable {
        /// The template says `DeletionPolicy: Retain` (or `RetainExceptOnCreate`).
        case retained
        /// A snapshot is made of it, because the template or CloudFormation's default says so.
        case snapshot
        /// Made by running functions, no stack has it.
        case logGroup = "log group"
        /// This plan retains it by name.
        case named
    }

    package let component: ComponentID
    package let type: String
    package let name: String
    package let reason: Reason

    package init(component: ComponentID, type: String, name: String, reason: Reason) {
        self.component = component
        self.type = type
        self.name = name
        self.reason = reason
    }
}

/// How long it will probably take, in whole seconds, along the longest chain of steps.
package struct ForecastDuration: Sendable, Hashable, Codable {
    package var least: Int
    package var most: Int
    /// Why it takes longer than a plain stack, such as functions in a VPC.
    package var because: [String]

    package init(least: Int = 0, most: Int = 0, because: [String] = []) {
        self.least = least
        self.most = most
        self.because = because
    }
}

package struct ForecastPower: Sendable, Hashable, Codable {
    package let component: ComponentID
    /// The stack's service role; nil: ours.
    package let serviceRole: String?
    /// Our own session can delete nothing but this environment's stacks.
    package let isBounded: Bool

    package init(component: ComponentID, serviceRole: String?, isBounded: Bool) {
        self.component = component
        self.serviceRole = serviceRole
        self.isBounded = isBounded
    }
}
