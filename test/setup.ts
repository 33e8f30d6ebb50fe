import fc from 'fast-check';

// properties are tried on the same cases every time: a failure is a change of the code, not of luck
fc.configureGlobal({ seed: 20260215 });

// commands that the tests run are not to use the queue of who runs the tests
delete process.env.RATESCALE_QUEUE;
