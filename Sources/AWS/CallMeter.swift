import Synchronization

/// Counts every request that was sent, retries included, and remembers how far AWS's clock is from ours.
package final class CallMeter: Sendable {
    package struct Key: Hashable, Sendable, Comparable, CustomStringConvertible {
        package let service: AWSService
        package let operation: String

        package var description: String { "\(service.rawValue):\(operation)" }

        package static func < (left: Key, right: Key) -> Bool { left.description < right.description }
    }

    /// Everything counted up to one moment.
    package struct Reading: Sendable, Equatable {
        package var calls: [Key: Int] = [:]
        package var throttled: [Key: Int] = [:]
        /// Server's `Date` minus our time at receipt, of the last answer that had one; good to about a second.
        package var clockSkew: Duration?

        package var total: Int { calls.values.reduce(0, +) }
    }

    private let reading = Mutex(Reading())

    package init() {}

    package var current: Reading { reading.withLock { $0 } }

    /// Server's clock minus ours; nil before the first answer.
    package var clockSkew: Duration? { current.clockSkew }

    func called(_ service: AWSService, _ operation: String) {
        reading.withLock { $0.calls[Key(service: service, operation: operation), default: 0] += 1 }
    }

    func throttled(_ service: AWSService, _ operation: String) {
        reading.withLock { $0.throttled[Key(service: service, operation: operation), default: 0] += 1 }
    }

    func observed(skew: Duration) {
        reading.withLock { $0.clockSkew = skew }
    }
}
