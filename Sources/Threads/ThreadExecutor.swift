import Foundation

/// Runs everything that an actor does on one thread of its own, one piece after the other.
///
/// libpq and libcurl block. On Swift's shared pool, which has as many threads as cores, a few blocked calls stall the
/// whole program, so each connection brings its own thread. The thread ends when the executor is released.
package final class ThreadExecutor: SerialExecutor {
    private let worker = Worker()

    /// Starts the thread; the first 15 bytes of `name` show in debuggers.
    package init(name: String) {
        let worker = worker
        let thread = Thread { worker.work() }
        thread.start()
        // On Linux a name given before the start, or by the thread itself, can be lost.
        thread.name = name
    }

    deinit {
        worker.finish()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        // The worker holds the executor while the job waits and runs: the job's end may release the last reference
        // to the actor, and with it to this executor.
        worker.add(UnownedJob(job), self)
    }

    package func checkIsolated() {
        precondition(worker.isCurrentThread, "not on the thread of this actor")
    }
}

/// The thread's queue.
///
/// It does not refer to the executor except through waiting jobs, so that the executor can go.
///
/// `@unchecked Sendable`: every stored property is only touched with `condition` locked.
private final class Worker: @unchecked Sendable {
    private let condition = NSCondition()
    private var jobs: [(job: UnownedJob, executor: ThreadExecutor)] = []
    private var finished = false
    private var thread: pthread_t?

    var isCurrentThread: Bool {
        condition.withLock { thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
    }

    func add(_ job: UnownedJob, _ executor: ThreadExecutor) {
        condition.withLock {
            jobs.append((job, executor))
            condition.signal()
        }
    }

    func finish() {
        condition.withLock {
            finished = true
            condition.signal()
        }
    }

    func work() {
        condition.withLock { thread = pthread_self() }
        while let batch = next() {
            for (job, executor) in batch {
                unsafe job.runSynchronously(on: executor.asUnownedSerialExecutor())
            }
        }
    }

    /// Waits for jobs; nil when the executor is gone and nothing is left to run.
    private func next() -> [(job: UnownedJob, executor: ThreadExecutor)]? {
        condition.withLock {
            while jobs.isEmpty, !finished {
                condition.wait()
            }
            guard !jobs.isEmpty else { return nil }
            let batch = jobs
            jobs = []
            return batch
        }
    }
}
