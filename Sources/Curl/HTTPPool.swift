import Synchronization

/// Up to `width` transfers at once over connections that stay open; more callers wait in turn.
///
/// Each handle keeps connections of its own, so a caller is given the idle handle that last spoke to the same host.
package final class HTTPPool: Sendable {
    private struct Idle {
        let handle: EasyHandle
        let host: String
    }

    private struct State {
        var idle: [Idle] = []
        var made = 0
        var waiting: [(ticket: Int, grant: CheckedContinuation<EasyHandle?, Never>)] = []
        var cancelledEarly: Set<Int> = []
        var tickets = 0
    }

    package let width: Int
    private let state = Mutex(State())

    package init(width: Int = 8) {
        self.width = max(1, width)
    }

    /// A complete answer of any status, or why there is none.
    ///
    /// Cancelling the task ends the transfer within a second.
    package func send(_ request: HTTPRequest) async throws(TransferError) -> HTTPResponse {
        guard let host = hostAndPort(of: request.url) else {
            throw TransferError(.other, host: "(no host)", detail: "not an absolute http or https URL")
        }
        guard request.headers.fields.allSatisfy({ isOneLine($0.name) && isOneLine($0.value) }) else {
            throw TransferError(.other, host: host, detail: "a header contains a line break")
        }
        guard let handle = await acquire(for: host) else { throw TransferError(.cancelled, host: host) }
        defer { release(handle, host: host) }
        let cancellation = Cancellation()
        let result = await withTaskCancellationHandler {
            await handle.perform(request, to: host, until: cancellation)
        } onCancel: {
            cancellation.cancel()
        }
        return try result.get()
    }

    /// Nil when the task was cancelled while waiting.
    private func acquire(for host: String) async -> EasyHandle? {
        if Task.isCancelled { return nil }
        let ticket = state.withLock { state in
            state.tickets += 1
            return state.tickets
        }
        // A cancellation that came after the grant has left its ticket behind.
        defer { state.withLock { _ = $0.cancelledEarly.remove(ticket) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { grant in
                let given: EasyHandle?? = state.withLock { state in
                    if state.cancelledEarly.remove(ticket) != nil { return .some(nil) }
                    if let index = state.idle.lastIndex(where: { $0.host == host }) {
                        return state.idle.remove(at: index).handle
                    }
                    if state.made < width {
                        state.made += 1
                        return EasyHandle(number: state.made)
                    }
                    if let any = state.idle.popLast() { return any.handle }
                    state.waiting.append((ticket, grant))
                    return nil
                }
                if let given { grant.resume(returning: given) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<EasyHandle?, Never>? in
                guard let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) else {
                    state.cancelledEarly.insert(ticket)
                    return nil
                }
                return state.waiting.remove(at: index).grant
            }
            waiter?.resume(returning: nil)
        }
    }

    private func release(_ handle: EasyHandle, host: String) {
        let next = state.withLock { state -> CheckedContinuation<EasyHandle?, Never>? in
            if !state.waiting.isEmpty { return state.waiting.removeFirst().grant }
            state.idle.append(Idle(handle: handle, host: host))
            return nil
        }
        next?.resume(returning: handle)
    }
}

private func isOneLine(_ text: String) -> Bool {
    !text.utf8.contains { $0 == 13 || $0 == 10 || $0 == 0 }
}
