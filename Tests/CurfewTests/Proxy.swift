import Foundation
import Synchronization
import TestSupport

/// Stands between the program and the emulator, sees every call, and decides what becomes of it.
final class Proxy: Sendable {
    enum Fate: Sendable {
        /// On to the emulator, and its answer back.
        case passes
        /// Something happens first, then it goes on to the emulator, and its answer back.
        case passesAfter(@Sendable () -> Void)
        /// Answered here; the emulator never hears of it.
        case isAnswered(ScriptedAnswer)
        /// The emulator takes it, and something else than what it says comes back.
        case isRetold(@Sendable (ScriptedAnswer) -> ScriptedAnswer)
        /// Something happens first; the emulator never hears of it, and no answer comes.
        case isLost(@Sendable () -> Void)
        /// The emulator takes it, then something happens; no answer comes.
        case losesItsAnswer(@Sendable () -> Void)
        /// The connection is reset, after the emulator took the call or before it heard of it.
        case isReset(taken: Bool)
    }

    /// One call as it came by.
    struct Call: Sendable {
        let request: ScriptedServer.Request
        let at: Date
        /// Among all calls, from 0.
        let number: Int
        /// The form's fields; empty for other protocols.
        let fields: [String: String]

        init(_ request: ScriptedServer.Request, number: Int) {
            self.request = request
            self.number = number
            at = Date()
            let pairs = request.body.split(separator: "&").map {
                $0.split(separator: "=", maxSplits: 1).map(String.init)
            }
            fields = Dictionary(
                pairs.filter { $0.count == 2 }.map { ($0[0], $0[1].removingPercentEncoding ?? $0[1]) },
                uniquingKeysWith: { first, _ in first }
            )
        }

        /// Such as `DeleteStack`; for other protocols the method and path.
        var action: String { fields["Action"] ?? "\(request.method) \(request.path)" }
        var stack: String? { fields["StackName"] }
        var token: String? { fields["ClientRequestToken"] }
        /// Of the credentials it was signed with.
        var accessKey: String? {
            let authorization = request[header: "authorization"] ?? ""
            return authorization.components(separatedBy: "Credential=").last?.split(separator: "/").first.map(
                String.init
            )
        }
    }

    private struct State {
        var calls: [Call] = []
        var decide: @Sendable (Call, [Call]) -> Fate = { _, _ in .passes }
    }

    private final class Desk: Sendable {
        let state = Mutex(State())
        let upstream: Upstream

        init(_ upstream: Upstream) { self.upstream = upstream }

        func answer(_ request: ScriptedServer.Request) -> ScriptedAnswer {
            let fate = state.withLock { state in
                let call = Call(request, number: state.calls.count)
                let before = state.calls
                state.calls.append(call)
                return state.decide(call, before)
            }
            switch fate {
            case .passes: return upstream.answer(to: request)
            case .passesAfter(let event):
                event()
                return upstream.answer(to: request)
            case .isAnswered(let answer): return answer
            case .isRetold(let retell): return retell(upstream.answer(to: request))
            case .isLost(let event):
                event()
                return ScriptedAnswer(ending: .silence)
            case .losesItsAnswer(let event):
                _ = upstream.answer(to: request)
                event()
                return ScriptedAnswer(ending: .silence)
            case .isReset(let taken):
                if taken { _ = upstream.answer(to: request) }
                return ScriptedAnswer(ending: .resetAtOnce)
            }
        }
    }

    private let desk: Desk
    private let server: ScriptedServer

    init(to url: String) throws {
        let desk = Desk(try Upstream(url))
        self.desk = desk
        server = try ScriptedServer { request, _ in desk.answer(request) }
    }

    var url: String { server.url }

    /// Every call so far, in the order in which they came.
    var calls: [Call] { desk.state.withLock(\.calls) }

    /// What becomes of each call from now on, given those before it.
    func decide(_ decide: @escaping @Sendable (Call, [Call]) -> Fate) {
        desk.state.withLock { $0.decide = decide }
    }

    func stop() { server.stop() }
}

/// A door that a call stands before until a test opens it.
final class Door: Sendable {
    private let somebodyCame = DispatchSemaphore(value: 0)
    private let opened = DispatchSemaphore(value: 0)
    private let isFirst = Mutex(true)

    /// True for one caller only.
    var isForMe: Bool {
        isFirst.withLock { first in
            defer { first = false }
            return first
        }
    }

    /// On a proxy's thread: returns when the door is opened, or after a minute.
    func pass() {
        somebodyCame.signal()
        _ = opened.wait(timeout: .now() + 60)
    }

    /// On a proxy's thread: lets it be known that somebody came, and goes on.
    func comeAndGo() { somebodyCame.signal() }

    /// Returns when somebody stands before it.
    func awaitSomebody() async throws {
        for _ in 0..<3_000 {
            if somebodyCame.wait(timeout: .now()) == .success { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Surprise("nobody came")
    }

    func open() { opened.signal() }
}
