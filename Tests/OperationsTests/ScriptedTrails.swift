import Core
import Foundation
import Synchronization

/// A history of calls that answers as CloudTrail does: by name and time, newest first, a page at a time.
final class ScriptedTrails: TrailReading {
    struct State {
        var events: [Target: [TrailEvent]] = [:]
        /// By target and call, such as `111111111111/eu-west-1 CreateStack`, or by target alone.
        var failures: [String: ProviderFailure] = [:]
        var unreadable = 0
        var pageSize = 50
        var repeatsTokens = false
        var asked: [(target: Target, question: TrailQuestion, page: String?)] = []
    }

    let state = Mutex(State())

    var asked: [(target: Target, question: TrailQuestion, page: String?)] { state.withLock { $0.asked } }

    func arrange(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    func trail(_ question: TrailQuestion, page: String?, in target: Target) async throws(ProviderFailure) -> TrailPage {
        let answer: Result<TrailPage, ProviderFailure> = state.withLock { state in
            state.asked.append((target, question, page))
            let keys = ["\(target) \(question.call.rawValue)", "\(target)"]
            if let failure = keys.compactMap({ state.failures[$0] }).first { return .failure(failure) }
            let events = (state.events[target] ?? [])
                .filter { $0.call == question.call && $0.at >= question.from && $0.at <= question.until }
                .sorted { ($1.at, $1.id) < ($0.at, $0.id) }
            let start = page.flatMap(Int.init) ?? 0
            let shown = Array(events.dropFirst(start).prefix(state.pageSize))
            let isLast = start + shown.count >= events.count
            return .success(
                TrailPage(
                    events: shown,
                    oldest: shown.last?.at,
                    unreadable: page == nil ? state.unreadable : 0,
                    next: state.repeatsTokens ? "again" : isLast ? nil : "\(start + shown.count)"
                )
            )
        }
        return try answer.get()
    }
}
