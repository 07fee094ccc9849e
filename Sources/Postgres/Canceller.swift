import CPostgres
import Foundation

///
///
/// tops a running statement from another thread, without hitting the statement after it.
///
/// A request to cancel names the connection, not the statement, and travels on a connection of its own. So the end
/// of a statement waits until a request under way has been delivered: the server ignores one that finds it idle.
/// And because a request may overtake its statement, it is repeated until the statement ends.
///
/// `@unchecked Sendable`: all that changes is only touched with `condition` locked; `PQcancel` is made to be called
/// from any thread.
@safe final class Canceller: @unchecked Sendable {
    /// One statement, from before it waits for the connection until its end.
    ///
    /// `@unchecked Sendable`: guarded by the canceller's lock.
    final class Ticket: @unchecked Sendable {
        fileprivate var cancelled = false
    }

    private let condition = NSCondition()
    private let request: OpaquePointer
    private var running: Ticket?
    private var requesting = false

    init?(_ handle: Handle) {
        guard let request = unsafe PQgetCancel(handle.pointer) else { return nil }
        unsafe self.request = unsafe request
    }

    deinit {
        unsafe PQfreeCancel(request)
    }

    /// False: the task was cancelled before the statement began, which must not be sent.
    func begin(_ ticket: Ticket) -> Bool {
        condition.withLock {
            guard !ticket.cancelled else { return false }
            running = ticket
            return true
        }
    }

    /// Waits for a request under way.
    ///
    /// True: the statement was asked to stop.
    func end(_ ticket: Ticket) -> Bool {
        condition.withLock {
            running = nil
            condition.broadcast()
            while requesting { condition.wait() }
            return ticket.cancelled
        }
    }

    /// Asks for the ticket's statement to stop; returns at once.
    func cancel(_ ticket: Ticket) {
        let isRunning = condition.withLock {
            guard !ticket.cancelled else { return false }
            ticket.cancelled = true
            return running === ticket
        }
        // A thread of its own: the request connects to the server and waits for it.
        if isRunning { Thread { self.repeatRequest(ticket) }.start() }
    }

    /// Asks once and waits for it, for a statement that has no ticket.
    func cancelOnce() {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
            _ = unsafe PQcancel(request, message.baseAddress, 256)
        }
    }

    private func repeatRequest(_ ticket: Ticket) {
        condition.lock()
        defer { condition.unlock() }
        var pause = 0.05
        while running === ticket {
            requesting = true
            condition.unlock()
            cancelOnce()
            condition.lock()
            requesting = false
            condition.broadcast()
            guard running === ticket else { return }
            _ = condition.wait(until: Date(timeIntervalSinceNow: pause))
            pause = min(1, pause * 2)
        }
    }
}
