import Core
import Foundation

/// One asking for a stack, as the audit log has it: what a restore that was killed goes on from.
struct RestoreAttempt: Sendable {
    enum State: String, Sendable {
        /// The call may have been made.
        case intended
        /// The provider took it.
        case requested
        case made
        case failed
    }

    let component: ComponentID
    let token: StepToken
    var state: State
    var made: ComponentID?

    /// The newest attempt for each component, and how many there were.
    struct Known: Sendable {
        var newest: [ComponentID: RestoreAttempt] = [:]
        var counts: [ComponentID: Int] = [:]

        /// The attempt that goes on, or the next one's token: another try after a failure is another request.
        func token(for component: ComponentID, of key: EnvironmentKey) -> StepToken {
            if let newest = newest[component], newest.state != .failed { return newest.token }
            let number = (counts[component] ?? 0) + 1
            return StepToken("curfew-restore-\(Digest(of: "\(key) \(component)").short)-\(number)")
        }

        mutating func giveUp(_ component: ComponentID) {
            guard let state = newest[component]?.state, state != .intended else { return }
            newest[component]?.state = .failed
        }
    }

    /// It came to be, whatever was done with it since.
    static func isMade(_ status: String) -> Bool {
        status == "CREATE_COMPLETE" || status.hasPrefix("UPDATE_") || status.hasPrefix("IMPORT_")
    }

    static func event(_ state: State) -> String { "restore \(state.rawValue)" }

    static func all(of key: EnvironmentKey, store: any Store) async throws -> Known {
        var known = Known()
        // What is restored has ended: its own restores are the newest that there is to tell of it.
        for entry in try await store.history(of: key, limit: 10_000).reversed() {
            guard let state = State(rawValue: String(entry.event.dropFirst("restore ".count))),
                entry.event == event(state),
                let details = try? JSONDecoder().decode([String: String?].self, from: Data(entry.details)),
                let component = details["component"] ?? nil, let token = details["token"] ?? nil
            else { continue }
            let id = ComponentID(component)
            var attempt = known.newest[id]
            if attempt?.token.text != token {
                attempt = RestoreAttempt(component: id, token: StepToken(token), state: state)
                known.counts[id, default: 0] += 1
            }
            attempt?.state = state
            if let made = details["made"] ?? nil { attempt?.made = ComponentID(made) }
            known.newest[id] = attempt
        }
        return known
    }
}
