package import Core
import Foundation

/// What a plan will probably bring about in one environment; not part of its digest.
package struct PlanForecastJSON: Encodable, Sendable {
    /// `space/name#incarnation`.
    package var environment: String
    /// What goes, by type, most first.
    package var counts: [Count]
    package var losses: [Loss]
    package var stays: [Stay]
    /// Along the longest chain of steps; `because` says why it takes longer than a plain stack.
    package var leastSeconds: Int
    package var mostSeconds: Int
    package var because: [String]
    package var powers: [Power]
    /// What could not be read and does not block.
    package var unread: [String]
    /// What it cost in this month and the last, as far as that was known when the plan was made; null where costs were
    /// not read.
    @OrNull package var costs: [CostJSON]?

    package struct Count: Encodable, Sendable {
        package var type: String
        package var count: Int
    }

    package struct Loss: Encodable, Sendable {
        package var component: String
        package var type: String
        package var name: String
        /// Objects with all their versions, items, images, users; null where nobody counted.
        @OrNull package var items: Int?
        @OrNull package var bytes: Int64?
        /// There is more than was counted; null where nobody counted.
        @OrNull package var isAtLeast: Bool?
    }

    package struct Stay: Encodable, Sendable {
        package var component: String
        package var type: String
        package var name: String
        /// `retained`, `snapshot`, `log group`, `named`.
        package var reason: String
    }

    package struct Power: Encodable, Sendable {
        package var component: String
        /// The service role's ARN, or `curfew` for our own credentials.
        package var whosePower: String
        /// Our session can delete nothing but the approved stacks.
        package var isBounded: Bool
    }

    package init(_ forecast: EnvironmentForecast) {
        environment = forecast.key.description
        counts = forecast.counts.map { Count(type: $0.type, count: $0.count) }
        losses = forecast.losses.map {
            Loss(
                component: $0.component.text,
                type: $0.type,
                name: $0.name,
                items: $0.content?.items,
                bytes: $0.content?.bytes,
                isAtLeast: $0.content?.isAtLeast
            )
        }
        stays = forecast.stays.map {
            Stay(component: $0.component.text, type: $0.type, name: $0.name, reason: $0.reason.rawValue)
        }
        leastSeconds = forecast.duration.least
        mostSeconds = forecast.duration.most
        because = forecast.duration.because
        powers = forecast.powers.map {
            Power(component: $0.component.text, whosePower: $0.serviceRole ?? "curfew", isBounded: $0.isBounded)
        }
        unread = forecast.unread
        costs = forecast.costs?.map(CostJSON.init)
    }
}
