// mw.track: events by topic. A subscriber to "a." hears "a.b" too, and what was tracked before.

const subscribers = [];
const tracked = mw.trackQueue;

function deliver( subscriber, event ) {
	if ( event.topic.startsWith( subscriber.prefix ) ) {
		try {
			subscriber.callback( event.topic, ...event.args );
		} catch ( e ) {
			mw.log.error( 'Error in mw.track subscriber', e );
		}
	}
}

mw.track = ( topic, ...args ) => {
	const event = { topic, args };
	tracked.push( event );
	if ( tracked.length > 1000 ) {
		tracked.shift();
	}
	subscribers.forEach( ( subscriber ) => deliver( subscriber, event ) );
};

mw.trackSubscribe = ( prefix, callback ) => {
	const subscriber = { prefix, callback };
	subscribers.push( subscriber );
	tracked.slice().forEach( ( event ) => deliver( subscriber, event ) );
};

mw.trackUnsubscribe = ( callback ) => {
	for ( let i = subscribers.length - 1; i >= 0; i-- ) {
		if ( subscribers[ i ].callback === callback ) {
			subscribers.splice( i, 1 );
		}
	}
};

mw.errorLogger = { logError: ( error, topic = 'error.caught' ) => mw.track( topic, error ) };
