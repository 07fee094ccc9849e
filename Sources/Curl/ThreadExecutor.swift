import Dispatch
import Foundation
import Synchronization

/// Runs an actor's jobs, one after another, on a thread of its own, so that blocking calls never occupy the shared
/// pool (which has only as many threads as there are cores).
final class ThreadExecutor: SerialExecutor {
    private struct Queue {
        var jobs: [UnownedJob] = []
        var thread: pthread_t?
        var stopped = false
    }

    private let queue = Mutex(Queue())
    private let ready = DispatchSemaphore(value: 0)

    init(name: String) {
        let thread = Thread { [self] in run() }
        thread.name = name
        thread.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.withLock { $0.jobs.append(job) }
        ready.signal()
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    /// Traps when the caller is not on this thread.
    func checkIsolated() {
        let mine = queue.withLock { queue in
            queue.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false
        }
        precondition(mine, "not on the thread of this transfer")
    }

    /// The thread ends when what was queued before has run.
    func stop() {
        queue.withLock { $0.stopped = true }
        ready.signal()
    }

    private func run() {
        queue.withLock { $0.thread = pthread_self() }
        let executor = unsafe asUnownedSerialExecutor()
        while true {
            ready.wait()
            let (job, stopped) = queue.withLock { queue in
                (queue.jobs.isEmpty ? nil : queue.jobs.removeFirst(), queue.stopped)
            }
            if let job {
                unsafe job.runSynchronously(on: executor)
            } else if stopped {
                return
            }
        }
    }
}
