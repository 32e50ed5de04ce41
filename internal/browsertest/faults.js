// What a page does wrong for somebody who reads it on a small screen, by ear, with the keyboard, or with weak eyes.
// Contrast is that of WCAG 2.2: 4.5 to 1, and 3 to 1 for large letters.
( () => {
	const wrong = [];
	const say = ( what, e ) => wrong.push( what + ': ' + ( e ? e.outerHTML.replace( /\s+/g, ' ' ).slice( 0, 160 ) : '' ) );
	const scrolls = ( e ) => [ 'auto', 'scroll' ].includes( getComputedStyle( e ).overflowX );
	const scrolled = ( e ) => e && ( scrolls( e ) || scrolled( e.parentElement ) );
	document.querySelectorAll( 'details' ).forEach( ( d ) => { d.open = true; } );
	const width = document.documentElement.clientWidth;
	if ( document.documentElement.scrollWidth > width ) { say( 'wider than the window by ' + ( document.documentElement.scrollWidth - width ) ); }
	for ( const e of document.querySelectorAll( 'body *' ) ) {
		const r = e.getBoundingClientRect();
		// What a picture draws outside itself is cut off.
		if ( !e.ownerSVGElement && !e.closest( '.hidden' ) && !scrolled( e.parentElement ) && r.width && ( r.right > width + 1 || r.left < -1 ) ) { say( 'sticks out from ' + r.left + ' to ' + r.right, e ); }
	}
	if ( document.querySelectorAll( 'h1' ).length !== 1 ) { say( 'not one h1' ); }
	let level = 0;
	for ( const h of document.querySelectorAll( 'h1, h2, h3, h4' ) ) {
		if ( +h.tagName[ 1 ] > level + 1 ) { say( 'a heading is left out before', h ); }
		level = +h.tagName[ 1 ];
	}
	for ( const e of document.querySelectorAll( 'input:not( [type=hidden], [hidden] ), textarea, select' ) ) {
		if ( !e.labels.length ) { say( 'no label', e ); }
	}
	for ( const e of document.querySelectorAll( 'button, a[href]' ) ) {
		if ( !e.textContent.trim() ) { say( 'no name', e ); }
		const r = e.getBoundingClientRect();
		if ( e.tagName === 'BUTTON' && r.width && r.height < 24 ) { say( 'too small to touch', e ); }
	}
	for ( const e of document.querySelectorAll( '*' ) ) {
		if ( e.scrollWidth > e.clientWidth + 1 && scrolls( e ) && e.tabIndex < 0 ) { say( 'scrolls, and the keyboard cannot get there', e ); }
	}
	const ids = [ ...document.querySelectorAll( '[id]' ) ].map( ( e ) => e.id );
	if ( new Set( ids ).size !== ids.length ) { say( 'an id twice: ' + ids ); }
	const numbers = ( colour ) => ( colour.match( /[\d.]+/g ) || [] ).map( Number );
	const light = ( c ) => {
		const [ r, g, b ] = c.map( ( v ) => v / 255 ).map( ( v ) => v <= 0.04045 ? v / 12.92 : ( ( v + 0.055 ) / 1.055 ) ** 2.4 );
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const behind = ( e ) => {
		for ( ; e; e = e.parentElement ) {
			const c = numbers( getComputedStyle( e ).backgroundColor );
			if ( c.length === 3 || c[ 3 ] === 1 ) { return c.slice( 0, 3 ); }
		}
		const canvas = document.createElement( 'p' );
		canvas.style.backgroundColor = 'Canvas';
		document.body.append( canvas );
		const c = numbers( getComputedStyle( canvas ).backgroundColor );
		canvas.remove();
		return c.slice( 0, 3 );
	};
	let least = 21;
	const texts = document.createTreeWalker( document.body, NodeFilter.SHOW_TEXT );
	while ( texts.nextNode() ) {
		const e = texts.currentNode.parentElement, style = getComputedStyle( e );
		if ( !texts.currentNode.data.trim() || !e.checkVisibility() || e.closest( '.hidden, noscript' ) ) { continue; }
		const [ a, b ] = [ light( numbers( style.color ) ), light( behind( e ) ) ];
		const contrast = ( Math.max( a, b ) + 0.05 ) / ( Math.min( a, b ) + 0.05 );
		const large = parseFloat( style.fontSize ) >= 24 || parseFloat( style.fontSize ) >= 18.66 && +style.fontWeight >= 700;
		least = Math.min( least, contrast );
		if ( contrast < ( large ? 3 : 4.5 ) ) { say( 'contrast ' + contrast.toFixed( 2 ), e ); }
	}
	for ( const e of document.querySelectorAll( '.diff' ) ) {
		if ( getComputedStyle( e ).direction !== 'ltr' ) { say( 'code is not left to right', e ); }
	}
	if ( document.documentElement.dir !== ( document.documentElement.lang === 'he' ? 'rtl' : 'ltr' ) ) { say( 'the direction is wrong' ); }
	return { Wrong: wrong, Least: least };
} )()
