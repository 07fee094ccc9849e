import Foundation

extension Condition {
    /// True as soon as one function has a deprecated runtime, whatever is not known of others.
    ///
    /// Days and never ages, so that it reads the same until something happens.
    func runtimeTrace(_ facts: EnvironmentFacts, _ now: Date) -> Trace {
        let runtimes = facts.runtimes
        let days = runtimes.uses.compactMap { $0.deprecated.value?.startUTC }
        let over = days.filter { $0 <= now }
        let isUnknown = runtimes.unreadBecause != nil || runtimes.uses.contains { $0.deprecated.value == nil }
        let truth: Truth =
            if !over.isEmpty { .yes } else if isUnknown { .unknown } else if runtimes.uses.isEmpty {
                .notApplicable
            } else { .no }
        return Trace(
            description,
            truth,
            saw: Self.sight(runtimes, now),
            since: over.min(),
            changesAt: truth == .yes ? nil : days.filter { $0 > now }.min(),
            change: Self.change(runtimes, truth)
        )
    }

    private static func change(_ runtimes: RuntimeFacts, _ truth: Truth) -> String {
        switch truth {
        case .yes: "a deployment with a newer runtime"
        case .unknown:
            runtimes.unreadBecause == nil
                ? "a table that knows the runtime (`runtimes:` in the settings file)" : "a reading of its functions"
        case .no, .notApplicable: "a deployment with another runtime"
        }
    }

    private static func sight(_ runtimes: RuntimeFacts, _ now: Date) -> String {
        var sights = runtimes.uses.map { use in
            let name = use.runtime ?? "no named runtime"
            let count = use.functions == 1 ? "1 function" : "\(use.functions) functions"
            return switch use.deprecated {
            case .known(let day):
                "\(name) (\(count)) deprecated \(day.startUTC <= now ? "since" : "from") \(day)"
            case .unknown(let reason): "\(name) (\(count)) unknown: \(reason)"
            }
        }
        if let reason = runtimes.unreadBecause { sights.append("functions not read: \(reason)") }
        if runtimes.images > 0 { sights.append("\(runtimes.images) from images, which have no runtime") }
        return sights.isEmpty ? "no Lambda function in its stacks" : sights.joined(separator: "; ")
    }
}
